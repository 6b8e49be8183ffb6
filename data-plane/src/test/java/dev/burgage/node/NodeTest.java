package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.Limits;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class NodeTest {
  @TempDir Path data;
  private NodeHarness node;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(data, Map.of("BURGAGE_NODE_OPEN_DATABASES", "4"));
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  @Test
  void aTenantsDatabaseAnswersInD1sFormat() throws IOException {
    node.provision("acme");
    node.sql("acme", "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, price REAL, raw BLOB)");
    JsonNode written =
        node.sql(
            "acme",
            "INSERT INTO t(name, price, raw) VALUES (?, ?, ?)",
            "é\u0000😀",
            1.0,
            List.of(0, 255));
    assertThat(written.get("meta").get("changes").asInt()).isEqualTo(1);
    assertThat(written.get("meta").get("last_row_id").asInt()).isEqualTo(1);
    assertThat(written.get("meta").get("changed_db").asBoolean()).isTrue();

    HttpResponse<String> raw =
        node.send(
            node.request("/v1/pools/shop/tenants/acme/query?resultsFormat=ROWS_AND_COLUMNS")
                .POST(
                    BodyPublishers.ofString(
                        "{\"sql\":\"SELECT *, 9007199254740993 AS big FROM t\"}"))
                .build());
    assertThat(raw.body())
        .contains("\"columns\":[\"id\",\"name\",\"price\",\"raw\",\"big\"]")
        .contains("[1,\"é\\u0000😀\",1.0,[0,255],9007199254740993]")
        .contains("\"success\":true");
    assertThat(Json.mapper().readTree(raw.body()).get(0).get("meta").get("size_after").asLong())
        .isPositive();
  }

  @Test
  void numbersBindAsRealUnlessIntegersAreToBeExact() throws IOException {
    node.provision("acme");
    HttpRequest.Builder request =
        node.request("/v1/pools/shop/tenants/acme/query?resultsFormat=ARRAY_OF_OBJECTS");
    String body = "{\"sql\":\"SELECT typeof(?) AS t\",\"params\":[1]}";
    assertThat(node.send(request.copy().POST(BodyPublishers.ofString(body)).build()).body())
        .contains("\"t\":\"real\"");
    assertThat(
            node.send(
                    request
                        .copy()
                        .header("Burgage-Integers", "exact")
                        .POST(BodyPublishers.ofString(body))
                        .build())
                .body())
        .contains("\"t\":\"integer\"");
  }

  @Test
  void aBatchIsOneTransaction() throws IOException {
    node.provision("acme");
    node.sql("acme", "CREATE TABLE t(id INTEGER PRIMARY KEY)");
    HttpResponse<String> failed =
        node.query(
            "acme",
            "[{\"sql\":\"INSERT INTO t VALUES (1)\"},{\"sql\":\"INSERT INTO t VALUES (1)\"}]");
    assertThat(failed.statusCode()).isEqualTo(400);
    assertThat(Json.mapper().readTree(failed.body()).get("error").asString())
        .isEqualTo(
            "UNIQUE constraint failed: t.id: SQLITE_CONSTRAINT (extended:"
                + " SQLITE_CONSTRAINT_PRIMARYKEY)");
    assertThat(node.sql("acme", "SELECT count(*) AS n FROM t").at("/results/0/n").asInt()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELEKT 1                                  | near "SELEKT": syntax error at offset 0: SQLITE_ERROR
          SELECT * FROM nope                        | no such table: nope: SQLITE_ERROR
          SELECT 1 WHERE 1 = ?                      | Wrong number of parameter bindings for SQL query.
          -- nothing                                | No SQL statements detected.
          /* nothing */ ;                           | SQL code did not contain a statement.
          BEGIN                                     | To execute a transaction, please use
          ATTACH '/tmp/x.db' AS x                   | not authorized: SQLITE_AUTH
          VACUUM                                    | cannot VACUUM from within a transaction: SQLITE_ERROR
          PRAGMA journal_mode=DELETE                | not authorized: SQLITE_AUTH
          SELECT replicate('a', 9)                  | not authorized to use function: replicate at offset 7: SQLITE_ERROR
          SELECT * FROM "_cf_schema_history"        | access to _cf_schema_history.installed_rank is prohibited: SQLITE_AUTH
          DROP TABLE '_CF_schema_history'           | not authorized: SQLITE_AUTH
          """)
  void refusedSqlGivesD1sText(String sql, String error) throws IOException {
    node.provision("acme");
    assertThatThrownBy(() -> node.sql("acme", sql))
        .hasMessageContaining(
            Json.mapper().valueToTree(error).toString().replaceAll("^\"|\"$", ""));
  }

  @Test
  void manyConcurrentWritesAreAllKeptAndEachIsAnswered() throws Exception {
    node.provision("acme");
    node.sql("acme", "CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER UNIQUE)");
    List<Callable<Boolean>> writes = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      int value = i % 300; // a hundred of them collide
      writes.add(() -> {
        try {
          node.sql("acme", "INSERT INTO t(v) VALUES (?)", value);
          return true;
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("UNIQUE constraint failed");
          return false;
        }
      });
    }
    int kept = 0;
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> write : clients.invokeAll(writes)) {
        kept += write.get() ? 1 : 0;
      }
    }
    assertThat(kept).isEqualTo(300);
    assertThat(node.sql("acme", "SELECT count(*) AS n FROM t").at("/results/0/n").asInt())
        .isEqualTo(300);
  }

  @Test
  void aStatementThatRunsTooLongIsStoppedAndTheDatabaseGoesOn() throws IOException {
    node.provision("acme", NodeHarness.EMPTY, new Limits(1 << 20, 200));
    assertThatThrownBy(() ->
            node.sql(
                "acme",
                "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*)"
                    + " FROM c"))
        .hasMessageContaining("D1 DB storage operation exceeded timeout")
        .hasMessageContaining("statement_timeout");
    assertThat(node.sql("acme", "SELECT 1 AS one").at("/results/0/one").asInt()).isEqualTo(1);
  }

  @Test
  void slowStatementsOfOneTenantDoNotStopAnother() throws Exception {
    node.provision("slow", NodeHarness.EMPTY, new Limits(1 << 20, 3_000));
    node.provision("quick");
    int slowStatements = 2 * Runtime.getRuntime().availableProcessors();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> slow = new ArrayList<>();
      for (int i = 0; i < slowStatements; i++) {
        slow.add(
            clients.submit(() ->
                node.query(
                    "slow",
                    "{\"sql\":\"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c)"
                        + " SELECT max(x) FROM c\"}")));
      }
      int answered = 0;
      while (slow.stream().noneMatch(Future::isDone)) {
        node.sql("quick", "SELECT 1");
        answered++;
      }
      assertThat(answered).isGreaterThan(10);
    }
  }

  @Test
  void aDatabaseCannotGrowOverItsLimit() throws IOException {
    node.provision("acme", NodeHarness.EMPTY, new Limits(256 * 1024, 5_000));
    node.sql("acme", "CREATE TABLE t(b BLOB)");
    assertThatThrownBy(() -> node.sql("acme", "INSERT INTO t VALUES (zeroblob(1000000))"))
        .hasMessageContaining("database or disk is full: SQLITE_FULL")
        .hasMessageContaining("storage_full");
    node.sql("acme", "INSERT INTO t VALUES (zeroblob(1000))");
  }

  @Test
  void moreTenantsThanMayBeOpenAreAllServed() throws IOException {
    for (int i = 0; i < 20; i++) {
      node.provision("t" + i);
      node.sql("t" + i, "CREATE TABLE t(v)");
      node.sql("t" + i, "INSERT INTO t VALUES (?)", i);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(node.sql("t" + i, "SELECT v FROM t").at("/results/0/v").asInt()).isEqualTo(i);
    }
  }

  @Test
  void suspendedDeletedAndUnknownTenantsAreRefusedClearly() throws IOException {
    Binding binding = node.provision("acme");
    node.publish(new FeedMessage.Changed(with(binding, 2, BindingState.SUSPENDED)));
    assertProblem("acme", 403, "tenant_suspended");
    node.publish(new FeedMessage.Changed(with(binding, 3, BindingState.DELETED)));
    assertProblem("acme", 410, "tenant_deleted");
    node.publish(new FeedMessage.Removed(binding.pool(), binding.tenant(), 4));
    assertProblem("acme", 404, "unknown_tenant");
    assertProblem("a%20b", 400, "invalid_name");
    assertThat(node.query("..%2Facme", "{\"sql\":\"SELECT 1\"}").statusCode()).isBetween(400, 404);
  }

  private void assertProblem(String tenant, int status, String code) throws IOException {
    HttpResponse<String> response = node.query(tenant, "{\"sql\":\"SELECT 1\"}");
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(response.body()).contains("\"code\":\"" + code + "\"", "\"success\":false");
  }

  private static Binding with(Binding b, long version, BindingState state) {
    return new Binding(
        b.pool(),
        b.tenant(),
        b.database(),
        b.engine(),
        b.node(),
        b.generation(),
        version,
        state,
        b.limits());
  }

  @Test
  void aRequestWithARevisionWaitsForIt() throws Exception {
    Binding binding = node.provision("acme");
    Revision next = new Revision(node.revision().transaction() + 1, 0);
    try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> early =
          client.submit(() ->
              node.send(
                  node.request("/v1/pools/shop/tenants/late/query")
                      .header("Burgage-Revision", next.toString())
                      .POST(BodyPublishers.ofString("{\"sql\":\"SELECT 1\"}"))
                      .build()));
      Binding late =
          new Binding(
              binding.pool(),
              new TenantId("late"),
              binding.database(),
              binding.engine(),
              binding.node(),
              1,
              1,
              BindingState.ACTIVE,
              binding.limits());
      node.publish(new FeedMessage.Changed(late));
      assertThat(early.get().statusCode()).isEqualTo(200);
      assertThat(node.controlPlane.lookupCount()).isZero();
    }
  }

  @Test
  void aMissAsksTheControlPlaneOnceAndRemembersAbsence() throws IOException {
    Binding binding = node.provision("acme");
    node.controlPlane.answerLookup(
        new Binding(
            binding.pool(),
            new TenantId("beta"),
            binding.database(),
            binding.engine(),
            binding.node(),
            1,
            1,
            BindingState.ACTIVE,
            binding.limits()));
    node.sql("beta", "SELECT 1");
    node.sql("beta", "SELECT 1");
    assertThat(node.controlPlane.lookupCount()).isEqualTo(1);
    assertProblem("gamma", 404, "unknown_tenant");
    assertProblem("gamma", 404, "unknown_tenant");
    assertThat(node.controlPlane.lookupCount()).isEqualTo(2);
  }

  @Test
  void aNodeServesAfterARestartWithoutItsControlPlane() throws IOException {
    node.provision("acme");
    node.sql("acme", "CREATE TABLE t(v)");
    node.sql("acme", "INSERT INTO t VALUES (42)");
    node.controlPlane.close();
    node.restart();
    assertThat(node.sql("acme", "SELECT v FROM t").at("/results/0/v").asInt()).isEqualTo(42);
    assertProblem("unheard-of", 503, "not_ready");
  }

  @Test
  void nothingButHealthIsOpenWithoutAToken() throws IOException {
    for (String path :
        List.of(
            "/v1/pools/shop/tenants/acme/query", "/node/v1/databases", "/actuator/prometheus")) {
      HttpRequest request =
          HttpRequest.newBuilder(node.url().resolve(path))
              .header("Authorization", "Bearer wrong")
              .method(path.startsWith("/v1") ? "POST" : "GET", BodyPublishers.noBody())
              .build();
      assertThat(node.send(request).statusCode()).as(path).isEqualTo(401);
    }
    HttpRequest health =
        HttpRequest.newBuilder(node.url().resolve("/actuator/health/readiness")).build();
    assertThat(node.send(health).body()).isEqualTo("{\"status\":\"UP\",\"guard\":\"enforced\"}");
  }

  @Test
  void aClientsTokenGivesNoOrders() throws IOException {
    assertThat(node.send(node.request("/node/v1/databases").GET().build()).statusCode())
        .isEqualTo(401);
  }

  @Test
  void badBodiesAndPathsAreClearProblems() throws IOException {
    node.provision("acme");
    assertThat(node.query("acme", "{\"sql\":").body()).contains("invalid_request", "is not JSON");
    assertThat(node.query("acme", "{\"sql\":5}").body())
        .contains("must have \\\"sql\\\" as a string");
    assertThat(node.query("acme", "[]").body()).contains("No SQL statements detected.");
    assertThat(node.query("acme", "{\"sql\":\"SELECT ?\",\"params\":[{}]}").body())
        .contains("may have as parameters");
    HttpResponse<String> large = node.query("acme", "x".repeat(11 * 1024 * 1024));
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(large.body()).contains("body_too_large");
    assertThat(node.send(node.request("/nothing/here").GET().build()).body()).contains("not_found");
  }

  @Test
  void ordersMayBeRepeatedAndDeletionIsFinal() throws IOException {
    Binding binding = node.provision("acme");
    node.sql("acme", "CREATE TABLE t(v)");
    String path = "/node/v1/databases/" + binding.database() + "/1";
    var create = new dev.burgage.protocol.node.CreateDatabase(NodeHarness.EMPTY.id());
    assertThat(node.order("PUT", path, create).statusCode()).isEqualTo(200);
    assertThat(node.sql("acme", "SELECT count(*) AS n FROM t").at("/results/0/n").asInt()).isZero();
    assertThat(node.order("DELETE", path, Map.of()).statusCode()).isEqualTo(204);
    assertThat(node.order("DELETE", path, Map.of()).statusCode()).isEqualTo(204);
    assertThat(node.order("GET", "/node/v1/databases", Map.of()).body())
        .isEqualTo("{\"files\":[]}");
  }

  @Test
  void aMissingTemplateIsSaid() throws IOException {
    HttpResponse<String> response =
        node.order(
            "PUT",
            "/node/v1/databases/00000000-0000-4000-8000-000000000000/1",
            new dev.burgage.protocol.node.CreateDatabase("a".repeat(64)));
    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(response.body()).contains("template_missing");
  }

  @Test
  void aSecondNodeOnTheSameFolderIsRefused() {
    assertThatThrownBy(() -> new NodeHarness(data))
        .hasMessageContaining("another node uses the folder");
  }
}
