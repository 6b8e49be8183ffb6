package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.TokenGrant;
import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What whoever may only read gets past SQLite: nothing but reads.
class ReadingTokenTest {
  private static final String READER = "bgt.reader";
  private static final String WRITER = "bgt.writer";

  @TempDir Path data;
  private NodeHarness node;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(data, Map.of());
    node.provision("acme");
    node.sql("acme", "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
    node.sql("acme", "INSERT INTO t VALUES (1, 'one')");
    TokenScope acme = new TokenScope(NodeHarness.POOL, new TenantId("acme"));
    node.publish(
        new FeedMessage.Tokens(
            List.of(
                NodeHarness.adminGrant(),
                new TokenGrant(NodeHarness.sha256(READER), acme, TokenRight.READ, null),
                new TokenGrant(NodeHarness.sha256(WRITER), acme, TokenRight.WRITE, null)),
            1L));
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private HttpResponse<String> run(String token, String body) throws IOException {
    return node.send(
        HttpRequest.newBuilder(
                node.url()
                    .resolve("/v1/pools/shop/tenants/acme/query?resultsFormat=ARRAY_OF_OBJECTS"))
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private static String body(String... statements) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (String sql : statements) {
      all.add(Map.of("sql", sql));
    }
    return new String(Json.bytes(all.size() == 1 ? all.getFirst() : all), StandardCharsets.UTF_8);
  }

  private HttpResponse<String> read(String... statements) throws IOException {
    return run(READER, body(statements));
  }

  private static String code(HttpResponse<String> answer) {
    JsonNode json = Json.mapper().readTree(answer.body());
    return json.path("code").asString("(none: " + answer.body() + ")");
  }

  private void assertUntouched() throws IOException {
    JsonNode state =
        node.sql(
            "acme",
            "SELECT (SELECT group_concat(name) FROM sqlite_master WHERE name NOT LIKE '%history%')"
                + " AS tables, (SELECT group_concat(id || v) FROM t) AS rows");
    assertThat(state.at("/results/0").toString()).contains("\"rows\":\"1one\"");
    assertThat(state.at("/results/0/tables").asString()).isEqualTo("t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM t",
        "VALUES (1)",
        "WITH x AS (SELECT id FROM t) SELECT count(*) FROM x",
        "SELECT v FROM t WHERE id = 1; SELECT json_array(1, 2)",
        "PRAGMA table_info(t)",
        "SELECT name FROM pragma_table_xinfo('t')",
        "PRAGMA foreign_keys",
        "PRAGMA quick_check",
        "EXPLAIN QUERY PLAN SELECT * FROM t",
        "SELECT count(*) FROM sqlite_master",
        "SELECT last_insert_rowid(), changes(), total_changes(), random() <> 0"
      })
  void whoMayReadMayRead(String sql) throws IOException {
    HttpResponse<String> answer = read(sql);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(run(WRITER, body(sql)).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO t VALUES (2, 'two')",
        "insert into t values (2, 'two') returning id",
        "REPLACE INTO t VALUES (1, 'two')",
        "UPDATE t SET v = 'two'",
        "DELETE FROM t",
        "WITH x AS (SELECT 2) INSERT INTO t SELECT *, 'two' FROM x",
        "WITH x AS (SELECT 1 AS id) DELETE FROM t WHERE id IN (SELECT id FROM x)",
        "/* SELECT */ DELETE FROM t",
        "CREATE TABLE u(a)",
        "CREATE TABLE u AS SELECT * FROM t",
        "CREATE INDEX i ON t(v)",
        "CREATE VIEW w AS SELECT 1",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END",
        "CREATE VIRTUAL TABLE f USING fts5(a)",
        "ALTER TABLE t ADD COLUMN w",
        "ALTER TABLE t RENAME TO u",
        "DROP TABLE t",
        "REINDEX",
        "ANALYZE",
        "PRAGMA optimize",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA case_sensitive_like(1)",
        "PRAGMA defer_foreign_keys = ON",
        "EXPLAIN DELETE FROM t",
        "EXPLAIN PRAGMA case_sensitive_like = ON",
        "SELECT 1; DELETE FROM t",
        "DELETE FROM t; SELECT 1",
        "SELECT * FROM t; UPDATE t SET v = 'two'; SELECT * FROM t"
      })
  void whatWritesIsRefusedToWhoMayOnlyRead(String sql) throws IOException {
    HttpResponse<String> refused = read(sql);

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
    assertThat(code(refused)).isEqualTo("read_only");
    assertThat(Json.mapper().readTree(refused.body()).path("error").asString())
        .contains("may only read", "right write");
    assertUntouched();
    assertThat(code(read("SELECT 1", sql, "SELECT 2"))).isEqualTo("read_only");
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN IMMEDIATE",
        "BEGIN IMMEDIATE; DELETE FROM t; COMMIT",
        "SAVEPOINT s",
        "COMMIT",
        "VACUUM",
        "VACUUM INTO '/tmp/x.db'",
        "ATTACH '/tmp/x.db' AS x",
        "CREATE TEMP TABLE u(a)",
        "PRAGMA query_only = OFF",
        "PRAGMA query_only = 0; DELETE FROM t",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA user_version = 3",
        "PRAGMA writable_schema = ON",
        "PRAGMA wal_checkpoint",
        "SELECT * FROM pragma_wal_checkpoint",
        "SELECT * FROM pragma_optimize",
        "SELECT load_extension('x')",
        "SELECT writefile('/tmp/x', 'x')",
        "UPDATE sqlite_master SET sql = ''",
        "INSERT INTO _cf_x VALUES (1)"
      })
  void whatNobodyMayDoIsRefusedToWhoMayOnlyReadToo(String sql) throws IOException {
    HttpResponse<String> refused = read(sql);

    assertThat(refused.statusCode()).as(refused.body()).isIn(400, 403);
    assertUntouched();
    assertThat(read("DELETE FROM t").statusCode()).isEqualTo(403);
    assertUntouched();
  }

  @Test
  void aWriteThatSomebodyElsePreparedIsRefusedAllTheSame() throws IOException {
    String write = "WITH x(a) AS (SELECT ?) INSERT INTO t(v) SELECT a FROM x";
    // Tried on readers first, where it fails for its parameter and stays prepared.
    for (int i = 0; i < 8; i++) {
      assertThat(run(WRITER, body(write)).statusCode()).isEqualTo(400);
    }
    for (int i = 0; i < 8; i++) {
      String body = "{\"sql\":\"" + write + "\",\"params\":[\"x\"]}";
      assertThat(code(run(READER, body))).isEqualTo("read_only");
    }
    assertUntouched();
  }

  @Test
  void virtualTablesAreReadAndNotWritten() throws IOException {
    node.sql("acme", "CREATE VIRTUAL TABLE f USING fts5(a)");
    node.sql("acme", "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)");
    node.sql("acme", "INSERT INTO f VALUES ('hello world')");
    node.sql("acme", "INSERT INTO r VALUES (1, 0, 1)");
    node.stop();
    node.startAndJoin(); // nobody but the reader has opened them

    assertThat(read("SELECT highlight(f, 0, '<', '>') AS h FROM f WHERE f MATCH 'hello'").body())
        .contains("<hello> world");
    assertThat(read("SELECT id FROM r WHERE x0 < 1").body()).contains("\"id\":1");
    for (String write :
        List.of(
            "INSERT INTO f VALUES ('more')",
            "INSERT INTO f(f) VALUES ('optimize')",
            "DELETE FROM f",
            "INSERT INTO r VALUES (2, 0, 1)",
            "DELETE FROM r",
            "DELETE FROM r_node",
            "UPDATE r_rowid SET nodeno = 7")) {
      assertThat(read(write).statusCode()).as(write).isIn(400, 403);
    }
    assertThat(read("SELECT count(*) AS n FROM r_node").body()).contains("\"n\":1");
    assertThat(read("SELECT count(*) AS n FROM f").body()).contains("\"n\":1");
  }

  @Test
  void whoMayOnlyReadLeavesNoTraceOnTheConnectionForOthers() throws IOException {
    read("PRAGMA case_sensitive_like = ON");
    read("EXPLAIN PRAGMA case_sensitive_like = ON");

    for (int i = 0; i < 8; i++) {
      assertThat(run(WRITER, body("SELECT 'A' LIKE 'a' AS alike")).body()).contains("\"alike\":1");
    }
  }
}
