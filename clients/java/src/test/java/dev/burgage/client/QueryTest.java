package dev.burgage.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.d1.D1Database;
import dev.burgage.d1.D1DatabaseSession;
import dev.burgage.d1.D1Meta;
import dev.burgage.d1.D1Result;
import dev.burgage.protocol.InvalidNameException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
  private final StubServer server = new StubServer();
  private Burgage burgage;
  private D1Database acme;

  @BeforeEach
  void connect() {
    burgage = Burgage.connect(server.url(), "bga.secret");
    acme = burgage.env("shop").DB_POOL.get("acme");
  }

  @AfterEach
  void close() {
    burgage.close();
    server.close();
  }

  @Test
  void statementTravelsInTheFormatOfD1WithTokenAndExactIntegers() {
    server.thenRows("[\"n\"]", "[[1]]");
    acme.prepare("SELECT ? AS n").bind(1).all();
    assertThat(server.last().method()).isEqualTo("POST");
    assertThat(server.last().uri())
        .isEqualTo("/v1/pools/shop/tenants/acme/query?resultsFormat=ROWS_AND_COLUMNS");
    assertThat(server.last().body()).isEqualTo("{\"sql\":\"SELECT ? AS n\",\"params\":[1]}");
    assertThat(server.last().header("Authorization")).isEqualTo("Bearer bga.secret");
    assertThat(server.last().header("Burgage-Integers")).isEqualTo("exact");
    assertThat(server.last().header("Content-Type")).isEqualTo("application/json");
    assertThat(server.last().header("Burgage-Revision")).isNull();
  }

  @Test
  void everyBindableTypeHasItsJsonForm() {
    server.thenRows("[]", "[]");
    acme.prepare("x")
        .bind(
            null,
            true,
            false,
            (byte) 1,
            (short) 2,
            3,
            Long.MIN_VALUE,
            1.5f,
            2.0,
            "é\n\"😀",
            new byte[] {0, 127, -128, -1})
        .run();
    assertThat(server.last().body())
        .isEqualTo(
            "{\"sql\":\"x\",\"params\":[null,1,0,1,2,3,-9223372036854775808,1.5,2.0,"
                + "\"é\\n\\\"😀\",[0,127,128,255]]}");
  }

  @Test
  void numbersThatJsonCannotSayBecomeNullAsInD1() {
    server.thenRows("[]", "[]");
    acme.prepare("x").bind(Double.NaN, Double.POSITIVE_INFINITY, -0.0, 1e300).run();
    assertThat(server.last().body()).endsWith("[null,null,0.0,1.0E300]}");
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808, -9223372036854775808",
    "9007199254740993, 9007199254740993",
    "0, 0"
  })
  void integersComeBackExactly(String json, long value) {
    server.thenRows("[\"n\"]", "[[" + json + "]]");
    assertThat(acme.prepare("x").first("n")).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 1.0",
    "1e2, 100.0",
    "-0.5, -0.5",
    "9223372036854775808, 9.223372036854775807E18"
  })
  void numbersWithPointOrExponentOrBeyondLongComeBackAsDoubles(String json, double value) {
    server.thenRows("[\"n\"]", "[[" + json + "]]");
    assertThat(acme.prepare("x").first("n")).isEqualTo(value);
  }

  @Test
  void blobsTextAndNullComeBackByTheirStorageClass() {
    server.thenRows("[\"b\",\"e\",\"t\",\"z\"]", "[[[0,255,128],[],\"naïve 😀\\u0000\",null]]");
    Map<String, @Nullable Object> row = acme.prepare("x").all().results().getFirst();
    assertThat(row.get("b")).isEqualTo(new byte[] {0, -1, -128});
    assertThat(row.get("e")).isEqualTo(new byte[0]);
    assertThat(row.get("t")).isEqualTo("naïve 😀\u0000");
    assertThat(row).containsEntry("z", null);
    assertThat(row.keySet()).containsExactly("b", "e", "t", "z");
  }

  @Test
  void metaIsRead() {
    server.thenRows("[]", "[]");
    D1Result result = acme.prepare("x").run();
    assertThat(result.success()).isTrue();
    assertThat(result.meta()).isEqualTo(new D1Meta("n1", 0.5, 1, 2, true, 8192, 3, 4));
  }

  @Test
  void serverThatSendsNoMetaIsUnderstood() {
    server.then(200, "[{\"success\":true,\"results\":{\"rows\":[[1]],\"columns\":[\"a\"]}}]");
    assertThat(acme.prepare("x").raw(true)).containsExactly(List.of("a"), List.of(1L));
  }

  @Test
  void emptyResultIsNoRowAndNoRows() {
    server.thenRows("[\"a\"]", "[]").thenRows("[\"a\"]", "[]");
    assertThat(acme.prepare("x").first()).isNull();
    assertThat(acme.prepare("x").all().results()).isEmpty();
  }

  @Test
  void batchIsOneRequestWithOneResultForEachStatement() {
    server.then(
        200,
        "[" + StubServer.result("[\"a\"]", "[[1]]") + "," + StubServer.result("[]", "[]") + "]");
    List<D1Result> results =
        acme.batch(List.of(acme.prepare("SELECT 1 AS a"), acme.prepare("DELETE FROM t")));
    assertThat(results).hasSize(2);
    assertThat(results.getFirst().results()).containsExactly(Map.of("a", 1L));
    assertThat(server.requests).hasSize(1);
    assertThat(server.last().body())
        .isEqualTo(
            "[{\"sql\":\"SELECT 1 AS a\",\"params\":[]},{\"sql\":\"DELETE FROM"
                + " t\",\"params\":[]}]");
  }

  @Test
  void sessionSendsItsConstraintThenTheNewestBookmark() {
    D1DatabaseSession session = acme.withSession(D1Database.FIRST_PRIMARY);
    String body = "[" + StubServer.result("[]", "[]") + "]";
    server
        .then(200, body, Map.of("x-cf-d1-session-commit-token", "0002"))
        .then(200, body, Map.of("x-cf-d1-session-commit-token", "0001"))
        .then(200, body);
    session.prepare("x").run();
    assertThat(server.last().header("x-cf-d1-session-commit-token")).isEqualTo("first-primary");
    session.prepare("x").run();
    assertThat(server.last().header("x-cf-d1-session-commit-token")).isEqualTo("0002");
    session.prepare("x").run();
    assertThat(server.last().header("x-cf-d1-session-commit-token")).isEqualTo("0002");
    assertThat(session.getBookmark()).isEqualTo("0002");
  }

  @Test
  void connectionIsUsedAgain() {
    server.thenRows("[]", "[]").thenRows("[]", "[]").thenRows("[]", "[]");
    for (int i = 0; i < 3; i++) {
      acme.prepare("x").run();
    }
    assertThat(server.requests.stream().map(StubServer.Request::clientPort).distinct()).hasSize(1);
  }

  @Test
  void baseUrlMayHaveAPath() {
    server.thenRows("[]", "[]");
    try (Burgage prefixed = Burgage.connect(URI.create(server.url() + "/burgage/"), "t")) {
      prefixed.pool("shop").get("acme").prepare("x").run();
    }
    assertThat(server.last().uri()).startsWith("/burgage/v1/pools/shop/tenants/acme/query?");
  }

  @Test
  void illegalNamesNeverReachTheNetwork() {
    assertThatThrownBy(() -> burgage.pool("../shop")).isInstanceOf(InvalidNameException.class);
    assertThatThrownBy(() -> burgage.pool("shop").get("a/b"))
        .isInstanceOf(InvalidNameException.class);
    assertThat(server.requests).isEmpty();
  }

  @Test
  void halfASurrogatePairTravelsAsJavaScriptWritesIt() {
    server.thenRows("[]", "[]");
    acme.prepare("x").bind("a\ud800b").run();
    assertThat(server.last().body()).endsWith("[\"a\\uD800b\"]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x", "http:///x", "localhost:8787", "http://x?y=1", "x"})
  void otherUrlsAreRefused(String url) {
    assertThatThrownBy(() -> Burgage.connect(URI.create(url), "t"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(url);
  }

  @Test
  void tokenThatWouldBreakTheHeaderIsRefusedAndNotShown() {
    assertThatThrownBy(() -> Burgage.connect(server.url(), "se\ncret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("cret");
  }
}
