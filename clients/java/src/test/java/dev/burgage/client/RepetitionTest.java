package dev.burgage.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.burgage.d1.D1Exception;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepetitionTest {
  private final StubServer server = new StubServer();
  private final List<Duration> pauses = new ArrayList<>();
  private long now;
  private double chance = 0.5;
  private final Burgage burgage = burgage();

  private Burgage burgage() {
    Pacing pacing =
        new Pacing(
            () -> now,
            pause -> {
              pauses.add(pause);
              now += pause.toNanos();
            },
            () -> chance);
    Connection connection =
        new Connection(
            HttpClient.newHttpClient(),
            "t",
            Duration.ofSeconds(30),
            1_000_000,
            Duration.ofSeconds(5),
            pacing);
    return new Burgage(connection, server.url(), server.url());
  }

  @AfterEach
  void close() {
    burgage.close();
    server.close();
  }

  private void query() {
    burgage.pool("shop").get("acme").prepare("x").all();
  }

  private D1Exception failure() {
    return catchThrowableOfType(D1Exception.class, this::query);
  }

  private static String problem(String code) {
    return "{\"success\":false,\"error\":\"no\",\"code\":\"" + code + "\"}";
  }

  @ParameterizedTest
  @CsvSource({
    "429, overloaded",
    "503, not_ready",
    "503, node_unavailable",
    "503, revision_not_reached"
  })
  void requestThatSurelyWasNotCarriedOutIsSentAgain(int status, String code) {
    server.then(status, problem(code)).then(status, problem(code)).thenRows("[]", "[]");
    query();
    assertThat(server.requests).hasSize(3);
    assertThat(server.requests.stream().map(StubServer.Request::body).distinct()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"400, sql_error", "500, internal", "504, statement_timeout", "404, unknown_tenant"})
  void anyOtherFailedStatementIsSentOnce(int status, String code) {
    server.then(status, problem(code)).thenRows("[]", "[]");
    failure();
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void bareStatusOfAProxyIsNoProofThatNothingHappened() {
    server.then(503, "<html>Service Unavailable</html>").thenRows("[]", "[]");
    assertThat(failure().isRetryable()).isFalse();
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void lostStatementIsNotSentAgainButALostReadOfTheAdministrationIs() {
    StubServer.Reply breaks =
        exchange -> {
          exchange.close();
          throw new IOException("the server dies");
        };
    server.then(breaks);
    assertThat(failure().code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(server.requests).hasSize(1);
    server.then(breaks).then(200, "{\"name\":\"shop\",\"engine\":\"sqlite\"}");
    assertThat(burgage.pools().get("shop").name()).isEqualTo("shop");
    assertThat(server.requests).hasSize(3);
  }

  @Test
  void pausesGrowToASecondAndEndInTime() {
    chance = 0.999;
    for (int i = 0; i < 100; i++) {
      server.then(429, problem("overloaded"));
    }
    assertThat(failure().code()).isEqualTo(ErrorCode.OVERLOADED);
    assertThat(pauses).isSorted().hasSizeBetween(7, 12);
    assertThat(pauses.getFirst()).isLessThan(Duration.ofMillis(51));
    assertThat(pauses.getLast()).isBetween(Duration.ofMillis(900), Duration.ofSeconds(1));
    assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void serverMayAskForALongerPause() {
    server.then(429, problem("overloaded"), Map.of("Retry-After", "2")).thenRows("[]", "[]");
    query();
    assertThat(pauses).hasSize(1).first().isEqualTo(Duration.ofMillis(2_025));
  }

  @Test
  void pauseBeyondTheDeadlineIsNotBegun() {
    server.then(429, problem("overloaded"), Map.of("Retry-After", "60")).thenRows("[]", "[]");
    assertThat(failure().isRetryable()).isTrue();
    assertThat(pauses).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"-1", "soon", "99999999999999999999", "1.5"})
  void strangeRetryAfterIsPassedOver(String value) {
    server.then(429, problem("overloaded"), Map.of("Retry-After", value)).thenRows("[]", "[]");
    query();
    assertThat(pauses).containsExactly(Duration.ofMillis(25));
  }
}
