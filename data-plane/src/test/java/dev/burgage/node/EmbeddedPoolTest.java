package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.d1.D1Database;
import dev.burgage.d1.D1DatabaseSession;
import dev.burgage.d1.D1Exception;
import dev.burgage.d1.D1Result;
import dev.burgage.d1.Env;
import dev.burgage.protocol.InvalidNameException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPoolTest {
  @TempDir Path data;
  private NodeHarness node;
  private Env env;
  private D1Database acme;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(data);
    node.provision("acme");
    env = node.env();
    acme = env.DB_POOL.get("acme");
    acme.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT)\nCREATE INDEX t_name ON t(name)");
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  @Test
  void theWholeSurfaceAnswersAsD1Does() {
    D1Result inserted =
        acme.prepare("INSERT INTO t(name) VALUES (?1), (?2) RETURNING id").bind("a", "b").run();
    assertThat(inserted.results()).extracting(row -> row.get("id")).containsExactly(1L, 2L);
    assertThat(inserted.meta().changes()).isEqualTo(2);
    assertThat(inserted.meta().servedBy()).isEqualTo("n1");
    assertThat(acme.prepare("SELECT * FROM t WHERE id = ?").bind(2).first())
        .containsEntry("name", "b");
    assertThat(acme.prepare("SELECT * FROM t ORDER BY id").first("name")).isEqualTo("a");
    assertThat(acme.prepare("SELECT 1 WHERE 0").first()).isNull();
    assertThat(acme.prepare("SELECT id, id FROM t ORDER BY id").raw(true))
        .containsExactly(List.of("id", "id"), List.of(1L, 1L), List.of(2L, 2L));
    assertThatThrownBy(() -> acme.prepare("SELECT id FROM t").first("nope"))
        .hasMessage("D1_COLUMN_NOTFOUND: Column not found (nope)");
  }

  @Test
  void aBatchThatFailsLeavesNothing() {
    assertThatThrownBy(() ->
            acme.batch(
                List.of(
                    acme.prepare("INSERT INTO t(name) VALUES ('x')"),
                    acme.prepare("INSERT INTO nope VALUES (1)"))))
        .isInstanceOf(D1Exception.class)
        .hasMessage("D1_ERROR: no such table: nope: SQLITE_ERROR");
    assertThat(acme.prepare("SELECT count(*) AS n FROM t").first("n")).isEqualTo(0L);
  }

  @Test
  void sessionsCarryBookmarksThatSortByTime() {
    D1DatabaseSession session = acme.withSession();
    assertThat(session.getBookmark()).isNull();
    session.prepare("INSERT INTO t(name) VALUES ('x')").run();
    String first = session.getBookmark();
    assertThat(first).matches("[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}");
    session.prepare("INSERT INTO t(name) VALUES ('y')").run();
    assertThat(session.getBookmark()).isGreaterThan(first);
  }

  @Test
  void integersStayIntegers() {
    assertThat(acme.prepare("SELECT typeof(?1) AS t, ?1 AS v").bind(Long.MAX_VALUE).first())
        .containsEntry("t", "integer")
        .containsEntry("v", Long.MAX_VALUE);
  }

  @Test
  void whatCannotBeDoneSaysWhy() {
    assertThatThrownBy(() -> env.DB_POOL.get("../acme")).isInstanceOf(InvalidNameException.class);
    assertThatThrownBy(() -> env.DB_POOL.get("nobody").prepare("SELECT 1").first())
        .isInstanceOfSatisfying(
            D1Exception.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TENANT));
    assertThatThrownBy(() -> acme.prepare("SELECT ?").bind(new Object()))
        .hasMessageStartingWith("D1_TYPE_ERROR: Type 'java.lang.Object' not supported");
    assertThatThrownBy(() -> acme.exec("SELECT 1\nSELEKT 2"))
        .hasMessageStartingWith("D1_EXEC_ERROR: ");
  }

  @Test
  void aWriteBehindAWithIsAWrite() {
    D1Result result =
        acme.prepare("WITH x AS (SELECT 'w' AS n) INSERT INTO t(name) SELECT n FROM x").run();
    assertThat(result.meta().changes()).isEqualTo(1);
  }
}
