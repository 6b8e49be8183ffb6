package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Whole databases leave as files and come back as they were.
class ExportImportTest {
  private static final String TENANTS = "/node/v1/pools/shop/tenants/";
  private static final String LARGE = "9007199254740993"; // 2^53 + 1

  @TempDir private Path folder = Path.of("");
  @TempDir private Path files = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private RolloutOrders orders;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder);
    orders = new RolloutOrders(node);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(node.url().resolve(TENANTS + path))
        .header("Authorization", "Bearer " + node.controlPlane.orderToken());
  }

  private Path export(String tenant, String format) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          http.send(
              request(tenant + "/export?format=" + format).build(), BodyHandlers.ofByteArray());
      assertThat(answer.statusCode())
          .as(new String(answer.body(), StandardCharsets.UTF_8))
          .isEqualTo(200);
      return Files.write(files.resolve(tenant + "." + format), answer.body());
    }
  }

  private JsonNode load(String tenant, String format, byte[] content) throws IOException {
    HttpResponse<String> answer =
        node.send(
            request(tenant + "/import?format=" + format)
                .PUT(BodyPublishers.ofByteArray(content))
                .build());
    JsonNode now = Json.mapper().readTree(answer.body());
    for (int i = 0; i < 120 && now.path("status").asString().equals("active"); i++) {
      String path = TENANTS + tenant + "/imports/" + now.path("bookmark").asString();
      now = Json.mapper().readTree(node.order("GET", path, Map.of()).body());
    }
    return now;
  }

  private static void requireSound(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA integrity_check")) {
      assertThat(rows.getString(1)).isEqualTo("ok");
    }
  }

  private Path made(String name, String sql) throws SQLException {
    Path file = files.resolve(name + ".db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (SqlStatement part : StatementSplitter.split(sql)) {
        statement.execute(part.sql());
      }
    }
    return file;
  }

  private static void complete(JsonNode end) {
    assertThat(end.path("status").asString()).as(end.toString()).isEqualTo("complete");
  }

  @ParameterizedTest
  @ValueSource(strings = {"db", "sql"})
  void everythingComesBackAsItWas(String format) throws Exception {
    Path original = made("all", RoundTripTest.EVERYTHING + SqliteFileImportTest.VIRTUAL);
    node.provision("one");
    complete(load("one", "db", Files.readAllBytes(original)));
    node.sql("one", "CREATE TABLE large(n)");
    node.sql("one", "INSERT INTO large VALUES (%s)".formatted(LARGE));

    Path file = export("one", format);
    Binding two = node.provision("two");
    complete(load("two", format, Files.readAllBytes(file)));

    Path direct = export("one", "db");
    requireSound(direct);
    Path again = export("two", "db");
    requireSound(again);
    assertThat(Differences.between(direct, again)).isEmpty();
    assertThat(orders.count("two", "SELECT count(*) FROM words WHERE words MATCH 'run'"))
        .isEqualTo(1);
    assertThat(node.sql("two", "SELECT n FROM large").at("/results/0/n").asString())
        .isEqualTo(LARGE);
    assertThat(two.tenant().value()).isEqualTo("two");
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    for (String place : new String[] {"rebuild", "transfers", "tmp"}) {
      try (Stream<Path> left = Files.walk(folder.resolve(place))) {
        // Of the folder for half-written files, spare copies of templates are no part of this.
        assertThat(left.filter(Files::isRegularFile))
            .as(place)
            .noneMatch(file -> !place.equals("tmp") || file.toString().contains("export-"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void aTenantAtAVersionTakesAFileOfThatVersionAndKeepsItsHistory() throws Exception {
    orders.provision("one");
    node.sql("one", "INSERT INTO item(name) VALUES ('a'), ('b')");
    orders.provision("two");
    for (String format : new String[] {"db", "sql"}) {
      complete(load("two", format, Files.readAllBytes(export("one", format))));
      assertThat(orders.count("two", "SELECT count(*) FROM item")).isEqualTo(2);
      assertThat(orders.count("two", "SELECT count(*) FROM d1_migrations")).isEqualTo(1);
      node.sql("two", "DELETE FROM item");
    }
  }

  @Test
  void rowsAreNeverOverwritten() throws Exception {
    orders.provision("one");
    orders.provision("two");
    Path file = export("one", "db");
    node.sql("two", "INSERT INTO item(name) VALUES ('mine')");
    assertThat(load("two", "db", Files.readAllBytes(file)).path("error").asString())
        .contains("\"item\" has rows");
    assertThat(orders.count("two", "SELECT count(*) FROM item")).isEqualTo(1);
  }

  @Test
  void aFileOfAnotherVersionIsRefusedAndNothingOfItIsThere() throws Exception {
    orders.provision("two");
    Path file = made("other", "CREATE TABLE item(id INTEGER PRIMARY KEY, other)");
    assertThat(load("two", "db", Files.readAllBytes(file)).path("error").asString())
        .contains("not the one that the pool's migrations have given");
    node.sql("two", "INSERT INTO item(name) VALUES ('still here')");
  }

  @Test
  void whatFailsInTheMiddleLeavesNothing() throws Exception {
    node.provision("two");
    byte[] sql =
        "CREATE TABLE a(x); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);"
            .getBytes(StandardCharsets.UTF_8);
    assertThat(load("two", "sql", sql).path("error").asString())
        .contains("no such table: b", "in the file: INSERT INTO b");
    assertThat(orders.count("two", "SELECT count(*) FROM sqlite_schema WHERE name = 'a'")).isZero();
    assertNothingIsLeft();
  }

  // As the sqlite3 shell's .dump writes a database whose tables were made in this order.
  private static final String DUMP =
      """
      PRAGMA foreign_keys=OFF;
      BEGIN TRANSACTION;
      CREATE TABLE child(id INTEGER PRIMARY KEY AUTOINCREMENT, p REFERENCES parent(id));
      INSERT INTO child VALUES(7,%d);
      CREATE TABLE parent(id INTEGER PRIMARY KEY, n TEXT);
      INSERT INTO parent VALUES(1,'a;COMMIT;');
      DELETE FROM sqlite_sequence;
      INSERT INTO sqlite_sequence VALUES('child',9);
      CREATE TRIGGER r AFTER INSERT ON child BEGIN SELECT 1; END;
      """;

  private JsonNode loadText(String sql) throws IOException {
    return load("two", "sql", sql.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aDumpOfTheSqlite3ShellComesInAsItIs() throws Exception {
    node.provision("two");
    complete(loadText(DUMP.formatted(1) + "COMMIT;\n"));
    assertThat(orders.count("two", "SELECT count(*) FROM child JOIN parent ON p = parent.id"))
        .isEqualTo(1);
    assertThat(orders.count("two", "INSERT INTO child(p) VALUES (1) RETURNING id")).isEqualTo(10);
    // Foreign keys are enforced again.
    assertThatIOException()
        .isThrownBy(() -> node.sql("two", "INSERT INTO child(p) VALUES (2)"))
        .withMessageContaining("FOREIGN KEY constraint failed");
  }

  @Test
  void aDumpThatIsNotWholeIsRefused() throws Exception {
    node.provision("two");
    String dump = DUMP.formatted(1);
    assertThat(error(dump)).contains("without COMMIT");
    assertThat(error(dump + "ROLLBACK; -- due to errors\n")).contains("could not read");
    assertThat(error(dump + "COMMIT; DROP TABLE child;")).contains("behind COMMIT");
    assertThat(error(DUMP.formatted(2) + "COMMIT;"))
        .contains("a row of table \"child\" refers to no row of table \"parent\"");
    complete(
        loadText(
            "CREATE TABLE a(x PRIMARY KEY); CREATE TABLE b(x REFERENCES a); INSERT INTO b VALUES"
                + " (1);PRAGMA foreign_keys=OFF; INSERT INTO a VALUES (1);"));
    node.sql("two", "DELETE FROM b");
    node.sql("two", "DELETE FROM a");
    assertThat(error("SELECT 1;" + dump + "COMMIT;")).contains("To execute a transaction");
    assertThat(orders.count("two", "SELECT count(*) FROM sqlite_schema WHERE name = 'child'"))
        .isZero();
    assertNothingIsLeft();
  }

  private String error(String sql) throws IOException {
    return loadText(sql).path("error").asString();
  }

  @Test
  void theFormatMustBeTheFiles() throws Exception {
    node.provision("two");
    assertThat(load("two", "db", new byte[] {65}).path("detail").asString())
        .contains("no SQLite file");
    assertThat(load("two", "csv", new byte[] {65}).path("detail").asString())
        .contains("format must be db or sql");
    assertNothingIsLeft();
  }
}
