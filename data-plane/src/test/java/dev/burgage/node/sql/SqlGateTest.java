package dev.burgage.node.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlGateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT 1                                        | READ
          /* a */ -- b                                    | REFUSED
          VALUES (1)                                      | READ
          WITH x AS (SELECT 1) SELECT * FROM x            | READ
          EXPLAIN QUERY PLAN SELECT 1                     | READ
          EXPLAIN PRAGMA case_sensitive_like=ON           | ALONE
          EXPLAIN QUERY PLAN PRAGMA foreign_keys=OFF      | ALONE
          EXPLAIN PRAGMA table_info(t)                    | READ
          PRAGMA table_info(t)                            | READ
          PRAGMA page_size                                | READ
          PRAGMA foreign_keys = OFF                       | ALONE
          INSERT INTO t VALUES (1)                        | WRITE
          replace INTO t VALUES (1)                       | WRITE
          UPDATE t SET a = 1                              | WRITE
          DELETE FROM t                                   | WRITE
          CREATE TABLE t(a)                               | ALONE
          CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END | ALONE
          SELECT temp FROM temperatures                   | READ
          COMMIT                                          | REFUSED
          ; ; END                                         | REFUSED
          SELECT * FROM pragma_table_xinfo('t')           | READ
          CREATE VIRTUAL TABLE f USING fts5(a)            | ALONE
          """)
  void kindOfStatement(String sql, String kind) {
    if (kind.equals("REFUSED")) {
      assertThatThrownBy(() -> SqlGate.admit(sql)).isInstanceOf(SqlRefusedException.class);
    } else {
      assertThat(SqlGate.admit(sql).access()).isEqualTo(Access.valueOf(kind));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE t RENAME TO _cf_x",
        "alter table t rename to \"_CF_x\"",
        "ALTER TABLE t RENAME /**/ TO '_burgage_x'",
        "EXPLAIN ALTER TABLE t RENAME TO [_cf_x]",
      })
  void noTableIsRenamedToAReservedName(String sql) {
    assertThatThrownBy(() -> SqlGate.admit(sql))
        .isInstanceOf(SqlRefusedException.class)
        .hasMessage("not authorized: SQLITE_AUTH");
  }

  @Test
  void severalStatementsTakeTheStrictestAccess() {
    Script script = SqlGate.admit("SELECT 1; INSERT INTO t VALUES (';'); CREATE TABLE u(a);");
    assertThat(script.statements()).hasSize(3);
    assertThat(script.access()).isEqualTo(Access.ALONE);
    assertThat(script.changesSchema()).isTrue();
  }

  @Test
  void textBehindANulIsNotPassedOver() {
    assertThatThrownBy(() -> SqlGate.admit("SELECT 1\u0000; DROP TABLE t"))
        .hasMessageContaining("NUL");
  }
}
