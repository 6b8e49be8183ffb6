package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.node.ExportOrder;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Whole databases in and out of a real node.
class TransferTest {
  private static final String TENANT = "/node/v1/pools/shop/tenants/acme";
  private static final ExportOrder ALL = new ExportOrder(false, false, List.of(), false);

  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder);
    node.provision("acme");
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private static String md5(String text) throws NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  private HttpResponse<String> upload(String md5, String sql) throws IOException {
    return node.send(
        HttpRequest.newBuilder(node.url().resolve(TENANT + "/imports/" + md5))
            .header("Authorization", "Bearer " + node.controlPlane.orderToken())
            .PUT(BodyPublishers.ofString(sql))
            .build());
  }

  private JsonNode load(String sql) throws Exception {
    String md5 = md5(sql);
    assertThat(upload(md5, sql).statusCode()).isEqualTo(204);
    return ended("imports", json(node.order("POST", TENANT + "/imports/" + md5, Map.of())));
  }

  private String export(ExportOrder order) throws Exception {
    JsonNode end = ended("exports", json(node.order("POST", TENANT + "/exports", order)));
    if (end.path("status").asString().equals("error")) {
      return end.path("error").asString();
    }
    return node.order("GET", TENANT + "/files/" + end.path("file").asString(), Map.of()).body();
  }

  private JsonNode ended(String what, JsonNode begun) throws IOException {
    JsonNode now = begun;
    for (int i = 0; i < 60 && now.path("status").asString().equals("active"); i++) {
      String bookmark = now.path("bookmark").asString();
      now = json(node.order("GET", TENANT + "/" + what + "/" + bookmark, Map.of()));
    }
    return now;
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.mapper().readTree(answer.body());
  }

  private long count(String table) throws IOException {
    return node.sql("acme", "SELECT count(*) AS n FROM " + table)
        .path("results")
        .path(0)
        .path("n")
        .asLong();
  }

  @Test
  void anImportIsOneTransaction() throws Exception {
    JsonNode done =
        load(
            """
            CREATE TABLE t(a); -- one
            INSERT INTO t VALUES ('x;y'), (2);
            INSERT INTO t VALUES (3)\
            """);

    assertThat(done.path("status").asString()).isEqualTo("complete");
    assertThat(done.path("loaded").path("statements").asLong()).isEqualTo(3);
    assertThat(done.path("loaded").path("changes").asLong()).isEqualTo(3);
    assertThat(done.path("loaded").path("bookmark").asString())
        .isGreaterThan(done.path("bookmark").asString());
    assertThat(count("t")).isEqualTo(3);
  }

  @Test
  void anImportThatFailsLeavesNothing() throws Exception {
    load("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (1)");

    for (String bad :
        List.of(
            "INSERT INTO t VALUES (2); INSERT INTO t VALUES (1);",
            "INSERT INTO t VALUES (2); INSERT INTO nope VALUES (1);",
            "INSERT INTO t VALUES (2); ATTACH 'x' AS y;",
            "INSERT INTO t VALUES (2); COMMIT;",
            "INSERT INTO t VALUES (2); INSERT INTO t VALUES (?);",
            "INSERT INTO t VALUES (2); SELECT '" + "x".repeat(100_000) + "';",
            "CREATE TABLE c(p REFERENCES t(a)); PRAGMA defer_foreign_keys = ON; INSERT INTO c"
                + " VALUES (9);",
            "-- nothing")) {
      JsonNode end = load(bad);
      assertThat(end.path("status").asString()).as(bad).isEqualTo("error");
      assertThat(end.path("error").asString()).as(bad).isNotEmpty();
      assertThat(count("t")).as(bad).isEqualTo(1);
    }
    assertThat(load("INSERT INTO t VALUES (2)").path("status").asString()).isEqualTo("complete");
  }

  @Test
  void anUploadThatIsNotWhatItSaysIsRefused() throws Exception {
    HttpResponse<String> answer = upload(md5("other"), "SELECT 1");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("MD5");
    assertThat(node.order("POST", TENANT + "/imports/" + md5("other"), Map.of()).statusCode())
        .isEqualTo(404);
    assertThat(upload("a.b", "SELECT 1").statusCode()).isEqualTo(400);
  }

  @Test
  void anExportHoldsEveryValueAndCanBeImported() throws Exception {
    node.provision("copy");
    load(
        """
        CREATE TABLE parent(id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT);
        CREATE TABLE "odd ""name"(a, "b c" REAL, p REFERENCES parent(id), g AS (a + 1)) -- end
        ;
        INSERT INTO parent(n) VALUES ('it''s; "x"'), ('two
        lines'), (NULL), (char(97, 0, 98)), ('é🦆');
        INSERT INTO "odd ""name"(a, "b c", p) VALUES (9223372036854775807, 0.1, 5), (x'00ff', 9e999, 1),
          (-1, -1e-300, NULL);
        DELETE FROM parent WHERE n IS NULL;
        CREATE INDEX i ON parent(n);
        CREATE VIEW v AS SELECT n FROM parent;
        CREATE TRIGGER r AFTER DELETE ON parent BEGIN SELECT 1; END;
        """);
    String dump = export(ALL);

    assertThat(dump).startsWith("PRAGMA defer_foreign_keys=TRUE;\n").doesNotContain("_cf_");
    String other = "/node/v1/pools/shop/tenants/copy";
    node.send(
        HttpRequest.newBuilder(node.url().resolve(other + "/imports/" + md5(dump)))
            .header("Authorization", "Bearer " + node.controlPlane.orderToken())
            .PUT(BodyPublishers.ofString(dump))
            .build());
    JsonNode end = json(node.order("POST", other + "/imports/" + md5(dump), Map.of()));
    assertThat(end.path("status").asString()).as(end.toString()).isEqualTo("complete");
    for (String table : List.of("parent", "\"odd \"\"name\"", "sqlite_sequence")) {
      String all = "SELECT *, hex(1) FROM " + table;
      assertThat(node.sql("copy", all).path("results").toString())
          .isEqualTo(node.sql("acme", all).path("results").toString());
    }
    assertThat(node.sql("copy", "SELECT hex(n) h FROM parent").path("results").toString())
        .contains("610062");
  }

  @Test
  void anExportCanBeAPart() throws Exception {
    load("CREATE TABLE a(x); CREATE TABLE b(x); CREATE INDEX bi ON b(x); INSERT INTO b VALUES (1)");

    assertThat(export(new ExportOrder(false, true, List.of("b"), false)))
        .isEqualTo(
            "PRAGMA defer_foreign_keys=TRUE;\nCREATE TABLE b(x);\nCREATE INDEX bi ON b(x);\n");
    assertThat(export(new ExportOrder(true, false, List.of(), false)))
        .isEqualTo("PRAGMA defer_foreign_keys=TRUE;\nINSERT INTO \"b\" (\"x\") VALUES(1);\n");
  }

  @Test
  void virtualTablesGoOutInTheShellsFormOnly() throws Exception {
    load("CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES ('hello')");

    assertThat(export(ALL)).contains("Virtual Tables (f)");
    assertThat(export(new ExportOrder(false, false, List.of(), true)))
        .contains("PRAGMA writable_schema=ON;")
        .contains("INSERT INTO \"f_content\"")
        .endsWith("COMMIT;\n");
  }

  @Test
  void everyStatementOfATextGivesAResultWhereThatIsWanted() throws Exception {
    HttpResponse<String> answer =
        node.send(
            node.request("/v1/pools/shop/tenants/acme/query?resultsFormat=ARRAY_OF_OBJECTS")
                .header("Burgage-Results", "each")
                .POST(
                    BodyPublishers.ofString(
                        "{\"batch\":[{\"sql\":\"SELECT 1 a; SELECT ?"
                            + " b\",\"params\":[\"x\"]},{\"sql\":\"SELECT 3 c\"}]}"))
                .build());

    JsonNode results = json(answer);
    assertThat(results.size()).isEqualTo(3);
    assertThat(results.path(1).path("results").toString()).isEqualTo("[{\"b\":\"x\"}]");
    assertThat(results.path(2).path("results").toString()).isEqualTo("[{\"c\":3}]");
  }

  @Test
  void statementsAreCountedByTheirShape() throws Exception {
    node.sql("acme", "CREATE TABLE t(a)");
    node.sql("acme", "INSERT INTO t VALUES (1)");
    node.sql("acme", "INSERT  INTO t /* again */ VALUES ('x')");
    node.sql("acme", "SELECT a FROM t WHERE a = ?", 1);

    String order =
        "{\"pool\":\"shop\",\"fromHour\":0,\"toHour\":9999999999,\"orderBy\":\"COUNT\",\"average\":false,\"descending\":true,\"limit\":1}";
    JsonNode figures =
        json(node.order("POST", "/node/v1/statistics", Json.mapper().readTree(order)));

    assertThat(figures.path("statements").size()).isEqualTo(1);
    assertThat(figures.path("statements").path(0).path("statement").asString())
        .isEqualTo("INSERT INTO t VALUES (?)");
    assertThat(figures.path("statements").path(0).path("count").asLong()).isEqualTo(2);
    assertThat(figures.path("statements").path(0).path("rowsWritten").asLong()).isEqualTo(2);
    assertThat(figures.path("hours").path(0).path("writeQueries").asLong()).isEqualTo(3);
    assertThat(figures.path("hours").path(0).path("readQueries").asLong()).isEqualTo(1);

    String byReturned = order.replace("COUNT", "ROWS_RETURNED");
    JsonNode select =
        json(node.order("POST", "/node/v1/statistics", Json.mapper().readTree(byReturned)))
            .path("statements")
            .path(0);
    assertThat(select.path("statement").asString()).isEqualTo("SELECT a FROM t WHERE a = ?");
    assertThat(select.path("rowsReturned").asLong()).isEqualTo(1);
    assertThat(select.path("rowsRead").asLong()).isGreaterThan(1);
  }
}
