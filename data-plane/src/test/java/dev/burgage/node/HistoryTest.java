package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.error.Problem;
import dev.burgage.protocol.node.BookmarkAt;
import dev.burgage.protocol.node.CreateDatabase;
import dev.burgage.protocol.node.DatabaseDiff;
import dev.burgage.protocol.node.DatabaseDiff.TableDiff;
import dev.burgage.protocol.node.RestoreOrder;
import dev.burgage.protocol.node.Restored;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  @TempDir private Path data = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private Binding acme;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(data);
    acme = node.provision("acme");
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private String path(String verb) {
    return "/node/v1/pools/shop/tenants/acme/" + verb;
  }

  private String now() throws IOException {
    return read(node.order("GET", path("bookmark"), ""), BookmarkAt.class).bookmark();
  }

  private Restored restore(String to) throws IOException {
    return read(node.order("POST", path("restore"), new RestoreOrder(to)), Restored.class);
  }

  private static <T> T read(HttpResponse<String> answer, Class<T> type) throws IOException {
    if (answer.statusCode() != 200) {
      throw new IOException(answer.body());
    }
    return Json.mapper().readValue(answer.body(), type);
  }

  private static ErrorCode refusal(HttpResponse<String> answer) {
    return Json.mapper().readValue(answer.body(), Problem.class).code();
  }

  private String values() throws IOException {
    return values("acme");
  }

  private String values(String tenant) throws IOException {
    return node.sql(tenant, "SELECT group_concat(v) AS all_of FROM (SELECT v FROM t ORDER BY v)")
        .get("results")
        .get(0)
        .get("all_of")
        .asString();
  }

  private HttpResponse<String> queryAt(String at, String sql) throws IOException {
    return node.send(
        node.request("/v1/pools/shop/tenants/acme/query?resultsFormat=ARRAY_OF_OBJECTS&at=" + at)
            .POST(BodyPublishers.ofByteArray(Json.bytes(java.util.Map.of("sql", sql))))
            .build());
  }

  @Test
  void restoredDatabaseIsAsItWasAndTheStateBeforeComesBack() throws IOException {
    node.sql("acme", "CREATE TABLE t(v)");
    node.sql("acme", "INSERT INTO t VALUES('a'), ('b')");
    String before = now();
    node.sql("acme", "DELETE FROM t");
    node.sql("acme", "INSERT INTO t VALUES('wrong')");
    String wrong = now();

    Restored restored = restore(before);

    assertThat(values()).isEqualTo("a,b");
    assertThat(restored.previousBookmark()).isEqualTo(wrong);
    assertThat(restored.bookmark()).isEqualTo(now()).isGreaterThan(wrong);

    Restored undone = restore(restored.previousBookmark());

    assertThat(values()).isEqualTo("wrong");
    assertThat(undone.previousBookmark()).isEqualTo(restored.bookmark());
    node.sql("acme", "INSERT INTO t VALUES('more')");
    node.restart();
    assertThat(values()).isEqualTo("more,wrong");
  }

  @Test
  void pastIsReadWithoutRestoringAndNeverWritten() throws IOException {
    node.sql("acme", "CREATE TABLE t(v)");
    node.sql("acme", "INSERT INTO t VALUES('old')");
    String before = now();
    node.sql("acme", "UPDATE t SET v = 'new'");

    assertThat(queryAt(before, "SELECT v FROM t").body()).contains("\"v\":\"old\"");
    HttpResponse<String> written = queryAt(before, "DELETE FROM t");
    HttpResponse<String> returning = queryAt(before, "INSERT INTO t VALUES('x') RETURNING v");

    assertThat(refusal(written)).isEqualTo(ErrorCode.READ_ONLY);
    assertThat(refusal(returning)).isEqualTo(ErrorCode.READ_ONLY);
    assertThat(queryAt(before, "SELECT v FROM t").body()).contains("\"v\":\"old\"");
    assertThat(values()).isEqualTo("new");
    assertThat(data.resolve("past").toFile().list()).hasSize(1);
  }

  @Test
  void momentsThatAreNoneOfTheDatabaseAreRefusedEachWithItsCode() throws IOException {
    node.sql("acme", "CREATE TABLE t(v)");
    node.provision("other");
    node.sql("other", "CREATE TABLE t(v)");
    node.sql("other", "INSERT INTO t VALUES(1)");
    String own = now();
    Bookmark newest = Bookmark.parse(own);
    String foreign =
        read(node.order("GET", "/node/v1/pools/shop/tenants/other/bookmark", ""), BookmarkAt.class)
            .bookmark();
    Bookmark others = Bookmark.parse(foreign);
    String otherHash =
        new Bookmark(newest.second(), newest.transaction(), others.hashHigh(), others.hashLow())
            .toString();
    String ahead = new Bookmark(newest.second(), newest.transaction() + 9, 1, 2).toString();

    assertThat(refusal(node.order("GET", path("bookmark?at=" + otherHash), "")))
        .isEqualTo(ErrorCode.FOREIGN_BOOKMARK);
    assertThat(refusal(node.order("POST", path("restore"), new RestoreOrder(otherHash))))
        .isEqualTo(ErrorCode.FOREIGN_BOOKMARK);
    assertThat(refusal(node.order("GET", path("bookmark?at=" + ahead), "")))
        .isEqualTo(ErrorCode.MOMENT_UNKNOWN);
    assertThat(refusal(node.order("GET", path("bookmark?at=1700000000"), "")))
        .isEqualTo(ErrorCode.MOMENT_BEFORE_CREATION);
    assertThat(refusal(node.order("GET", path("bookmark?at=2100-01-01T00:00:00Z"), "")))
        .isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal(node.order("GET", path("bookmark?at=yesterday"), "")))
        .isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal(node.order("POST", path("restore"), new RestoreOrder(null))))
        .isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(read(node.order("GET", path("bookmark?at=" + own), ""), BookmarkAt.class).bookmark())
        .isEqualTo(own);
  }

  @Test
  void timeStandsForTheLastCommitThatIsNotAfterIt() throws IOException, InterruptedException {
    node.sql("acme", "CREATE TABLE t(v)");
    String first = now();
    Thread.sleep(1_100 - System.currentTimeMillis() % 1_000); // the next second of the clock
    long second = System.currentTimeMillis() / 1_000;
    Thread.sleep(1_010);
    node.sql("acme", "INSERT INTO t VALUES(1)");

    BookmarkAt found = read(node.order("GET", path("bookmark?at=" + second), ""), BookmarkAt.class);

    assertThat(found.bookmark()).isEqualTo(first);
    assertThat(now()).isGreaterThan(first);
  }

  @Test
  void forkIsADatabaseOfItsOwnAndRepeatingTheOrderChangesNothing() throws IOException {
    node.sql("acme", "CREATE TABLE t(v)");
    node.sql("acme", "INSERT INTO t VALUES('shared')");
    String at = now();
    node.sql("acme", "INSERT INTO t VALUES('later')");
    DatabaseId id = new DatabaseId(UUID.randomUUID());
    var source = new CreateDatabase.Source(acme.database(), at, Limits.DEFAULT.sizeBytesMax());
    String order = "/node/v1/databases/" + id + "/1";

    assertThat(node.order("PUT", order, new CreateDatabase("x", source)).statusCode())
        .isEqualTo(200);
    node.publish(new FeedMessage.Changed(copy(id)));
    node.sql("copy", "INSERT INTO t VALUES('own')");
    assertThat(node.order("PUT", order, new CreateDatabase("x", source)).statusCode())
        .isEqualTo(200);

    assertThat(values("copy")).isEqualTo("own,shared");
    assertThat(values()).isEqualTo("later,shared");
  }

  private Binding copy(DatabaseId id) {
    return new Binding(
        acme.pool(),
        new TenantId("copy"),
        id,
        acme.engine(),
        acme.node(),
        1,
        1,
        acme.state(),
        Limits.DEFAULT);
  }

  @Test
  void forkThatIsTooLargeLeavesNothing() throws IOException {
    node.sql("acme", "CREATE TABLE t(v)");
    node.sql("acme", "INSERT INTO t VALUES(zeroblob(200000))");
    DatabaseId id = new DatabaseId(UUID.randomUUID());
    var source = new CreateDatabase.Source(acme.database(), now(), 64 * 1024);

    HttpResponse<String> refused =
        node.order("PUT", "/node/v1/databases/" + id + "/1", new CreateDatabase("x", source));

    assertThat(refusal(refused)).isEqualTo(ErrorCode.STORAGE_FULL);
    assertThat(node.order("GET", "/node/v1/databases", "").body()).doesNotContain(id.toString());
    assertThat(data.resolve("tmp").toFile().list()).noneMatch(name -> name.startsWith("fork-"));
  }

  @Test
  void differenceSaysWhatBecameOfTheRowsOfEachTableAndOfTheSchema() throws IOException {
    node.sql("acme", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
    node.sql("acme", "CREATE TABLE Same(id TEXT PRIMARY KEY, v) WITHOUT ROWID");
    node.sql("acme", "CREATE TABLE gone(v)");
    node.sql("acme", "INSERT INTO t VALUES(1, 'a'), (2, 'b'), (3, 'c')");
    node.sql("acme", "INSERT INTO Same VALUES('x', 1), ('y', NULL)");
    node.sql("acme", "INSERT INTO gone VALUES(1), (2)");
    String from = now();
    node.sql("acme", "DELETE FROM t WHERE id = 1");
    node.sql("acme", "UPDATE t SET v = 'B' WHERE id = 2");
    node.sql("acme", "INSERT INTO t VALUES(4, 'd'), (5, 'e')");
    node.sql("acme", "DROP TABLE gone");
    node.sql("acme", "CREATE INDEX i ON t(v)");

    DatabaseDiff diff = read(node.order("GET", path("diff?from=" + from), ""), DatabaseDiff.class);

    assertThat(diff.tables())
        .containsExactly(
            new TableDiff("gone", 0, 0, 2, List.of(), null),
            new TableDiff("t", 2, 1, 1, List.of("id"), null));
    assertThat(diff.schema())
        .extracting(change -> change.change() + " " + change.type() + " " + change.name())
        .containsExactlyInAnyOrder("removed table gone", "added index i");
    assertThat(diff.to()).isEqualTo(now());
  }
}
