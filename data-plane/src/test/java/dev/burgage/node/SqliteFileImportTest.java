package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.protocol.binding.Binding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// SQLite files as uploads: rebuilt through SQL, never adopted.
class SqliteFileImportTest {
  static final String VIRTUAL =
      """
      CREATE VIRTUAL TABLE words USING fts5(title, body UNINDEXED, tokenize = 'porter');
      INSERT INTO words(words, rank) VALUES('rank', 'bm25(10.0, 5.0)');
      INSERT INTO words(rowid, title, body) VALUES (3, 'running dogs', 'x'), (9, 'it''s a cat', NULL);
      CREATE TABLE article(id INTEGER PRIMARY KEY, t TEXT);
      INSERT INTO article VALUES (5, 'one two'), (7, 'three');
      CREATE VIRTUAL TABLE article_index USING fts5(t, content = 'article', content_rowid='id');
      INSERT INTO article_index(article_index) VALUES('rebuild');
      CREATE VIRTUAL TABLE terms USING fts5vocab('words', 'row');
      CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, +label);
      INSERT INTO box VALUES (1, 0.1, 0.7, 'a'), (2, -1e10, 1e10, NULL);
      CREATE VIRTUAL TABLE grid USING rtree_i32(id, x0, x1);
      INSERT INTO grid VALUES (1, -5, 5);
      CREATE TRIGGER article_in AFTER INSERT ON article BEGIN
        INSERT INTO article_index(rowid, t) VALUES (new.id, new.t); END;
      """;

  private static final int MUTATIONS = Integer.getInteger("burgage.test.mutations", 12);
  private static final String OWN = "sqlite_schema WHERE tbl_name NOT GLOB '_cf_*'";

  @TempDir private Path folder = Path.of("");
  @TempDir private Path uploads = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private TransferClient transfers;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder);
    transfers = new TransferClient(node, folder);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private Path made(String name, String sql) throws SQLException {
    Path file = uploads.resolve(name + ".db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (SqlStatement part : StatementSplitter.split(sql)) {
        statement.execute(part.sql());
      }
    }
    return file;
  }

  private void importedAsItIs(Path file) throws IOException, SQLException {
    Binding binding = node.provision("acme");

    RoundTripTest.complete(transfers.load("acme", Files.readAllBytes(file)));

    assertThat(Differences.between(file, transfers.file(binding))).isEmpty();
    assertNothingIsLeft();
  }

  // Neither the upload nor a reader's folder.
  private void assertNothingIsLeft() throws IOException {
    for (String place : List.of("rebuild", "transfers")) {
      try (Stream<Path> files = Files.walk(folder.resolve(place))) {
        assertThat(files.filter(Files::isRegularFile)).isEmpty();
      }
    }
  }

  @Test
  void theMusicStoreIsRebuilt() throws Exception {
    Path sql = Path.of("../examples/chinook/src/main/resources/dev/burgage/example/chinook");
    importedAsItIs(
        made(
            "chinook",
            "BEGIN;"
                + Files.readString(sql.resolve("migrations/V1__chinook.sql"))
                + Files.readString(sql.resolve("data.sql"))
                + ";COMMIT"));
    assertThat(count("acme", "Track")).isEqualTo(3503);
  }

  @Test
  void everythingThatADatabaseMayHoldIsRebuilt() throws Exception {
    importedAsItIs(made("all", RoundTripTest.EVERYTHING + VIRTUAL));
    for (String found :
        List.of(
            "SELECT rowid AS n FROM words WHERE words MATCH 'run'",
            "SELECT 3 * count(*) AS n FROM article_index WHERE article_index MATCH 'two'",
            "SELECT 3 * count(*) AS n FROM words_config WHERE k = 'rank' AND v LIKE 'bm25(10%'")) {
      assertThat(number("acme", found)).as(found).isEqualTo(3);
    }
    node.sql("acme", "INSERT INTO words(words) VALUES('integrity-check')");
    node.sql("acme", "INSERT INTO article_index(article_index) VALUES('integrity-check')");
    node.sql("acme", "INSERT INTO article VALUES (8, 'later')");
    assertThat(number("acme", "SELECT rowid AS n FROM article_index('later')")).isEqualTo(8);
  }

  @Test
  void aFileWithoutTheLogThatItSpeaksOfIsRebuilt() throws Exception {
    Path file =
        made("wal", "PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes[18]).isEqualTo((byte) 2);

    importedAsItIs(file);
  }

  @Test
  void aFileInUtf16IsRebuilt() throws Exception {
    node.provision("acme");
    Path file =
        made(
            "utf16",
            "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t(a); INSERT INTO t VALUES ('é🦆' ||"
                + " char(0, 65533) || 'x')");

    RoundTripTest.complete(transfers.load("acme", Files.readAllBytes(file)));

    assertThat(count("acme", "t WHERE a = 'é🦆' || char(0, 65533) || 'x'")).isEqualTo(1);
  }

  @Test
  void aCommentThatIsNeverClosedHidesNothing() throws Exception {
    Path file =
        made(
            "open",
            "CREATE TABLE t(a); INSERT INTO t VALUES (1); CREATE TABLE s(a INT) STRICT /* open");
    node.provision("acme");

    RoundTripTest.complete(transfers.load("acme", Files.readAllBytes(file)));

    assertThat(count("acme", "t")).isEqualTo(1);
    assertThat(count("acme", OWN)).isEqualTo(2);
  }

  @Test
  void theBooksOfD1AndOfBackupsAreLeftOut() throws Exception {
    Binding binding = node.provision("acme");
    Path file =
        made(
            "backup",
            "CREATE TABLE t(a); CREATE TABLE _cf_KV(k, v); CREATE TABLE _cf_METADATA(k, v);"
                + " CREATE TABLE _cf_schema_history(version); CREATE INDEX _cf_schema_history_s_idx"
                + " ON _cf_schema_history(version); INSERT INTO _cf_schema_history VALUES (9)");

    RoundTripTest.complete(transfers.load("acme", Files.readAllBytes(file)));

    assertThat(Differences.between(file, transfers.file(binding))).isEmpty();
  }

  @Test
  void whatATenantMayNotSayIsRefusedAndNamed() throws Exception {
    node.provision("acme");
    node.sql("acme", "CREATE TABLE kept(a)");
    node.sql("acme", "INSERT INTO kept VALUES (1)");
    Map<String, String> forbidden = new LinkedHashMap<>();
    forbidden.put("CREATE VIRTUAL TABLE f USING fts3(a)", "CREATE VIRTUAL TABLE f USING fts3");
    forbidden.put(
        "CREATE TABLE r(a CHECK(length(replicate(a, 2)) > 0)); INSERT INTO r VALUES ('x')",
        "CREATE TABLE r(a CHECK");
    forbidden.put("CREATE TABLE _cf_secret(a)", "CREATE TABLE _cf_secret");
    forbidden.put("CREATE TABLE _burgage_secret(a)", "CREATE TABLE _burgage_secret");
    forbidden.put(
        "CREATE TABLE s(a); PRAGMA writable_schema = ON; INSERT INTO sqlite_schema"
            + " VALUES('trigger', 'evil', 's', 0, 'CREATE TRIGGER evil AFTER INSERT ON s BEGIN"
            + " INSERT INTO other.t VALUES (1); END')",
        "evil");
    forbidden.put("CREATE VIRTUAL TABLE c USING fts5(a, content='')", "\"c\" is contentless");

    int i = 0;
    for (var one : forbidden.entrySet()) {
      Path file = made("forbidden" + i++, one.getKey());
      JsonNode end = transfers.load("acme", Files.readAllBytes(file));
      assertThat(end.path("status").asString()).as(one.getKey()).isEqualTo("error");
      assertThat(end.path("error").asString()).as(one.getKey()).contains(one.getValue());
      assertThat(count("acme", OWN)).isEqualTo(1);
      assertThat(count("acme", "kept")).isEqualTo(1);
    }
    assertNothingIsLeft();
  }

  @Test
  void whatIsNoWholeDatabaseIsRefused() throws Exception {
    node.provision("acme");
    byte[] whole = Files.readAllBytes(made("whole", RoundTripTest.EVERYTHING));
    byte[] encrypted = whole.clone();
    byte[] noise = new byte[encrypted.length - 100];
    new Random(1).nextBytes(noise);
    System.arraycopy(noise, 0, encrypted, 100, noise.length);

    List<byte[]> broken =
        List.of(
            Arrays.copyOf(whole, 16),
            Arrays.copyOf(whole, 100),
            Arrays.copyOf(whole, 5_000),
            Arrays.copyOf(whole, whole.length - 4_096),
            encrypted);
    for (byte[] bytes : broken) {
      JsonNode end = transfers.load("acme", bytes);
      assertThat(end.path("status").asString()).as(end.toString()).isEqualTo("error");
      assertThat(end.path("error").asString())
          .startsWith("The SQLite file cannot be imported: ")
          .doesNotContain("status");
    }
    assertThat(count("acme", OWN)).isZero();
    assertNothingIsLeft();
  }

  @Test
  void whateverIsDamagedTheNodeLivesAndSaysWhy() throws Exception {
    node.provision("acme");
    byte[] whole =
        Files.readAllBytes(
            made(
                "mutated",
                RoundTripTest.EVERYTHING
                    + VIRTUAL
                    + "PRAGMA application_id = 7; ANALYZE; DROP TABLE pair;"));
    var random = new Random(17);
    String tenant = "acme";
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = whole.clone();
      for (int n = 1 + random.nextInt(20); n > 0; n--) {
        int reach = random.nextBoolean() ? Math.min(8_192, whole.length) : whole.length;
        mutated[16 + random.nextInt(reach - 16)] = (byte) random.nextInt(256);
      }
      JsonNode end = transfers.load(tenant, mutated);
      if (end.path("status").asString().equals("error")) {
        refused++;
        assertThat(end.path("error").asString()).isNotEmpty().doesNotContain("The node failed");
        assertThat(count(tenant, OWN)).isZero();
      } else {
        RoundTripTest.complete(end);
        tenant = "t" + i;
        node.provision(tenant);
      }
    }
    assertThat(refused).isGreaterThan(MUTATIONS / 2);
    assertNothingIsLeft();
  }

  private long count(String tenant, String from) throws IOException {
    return number(tenant, "SELECT count(*) AS n FROM " + from);
  }

  private long number(String tenant, String sql) throws IOException {
    return node.sql(tenant, sql).path("results").path(0).path("n").asLong();
  }
}
