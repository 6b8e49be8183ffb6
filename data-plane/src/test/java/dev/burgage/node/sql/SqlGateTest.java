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
          PRAGMA table_info(t)                            | READ
          PRAGMA page_size                                | READ
          PRAGMA page_size = 512                          | REFUSED
          PRAGMA main.table_info(t)                       | REFUSED
          PRAGMA foreign_keys = OFF                       | ALONE
          PRAGMA writable_schema = 1                      | REFUSED
          INSERT INTO t VALUES (1)                        | WRITE
          replace INTO t VALUES (1)                       | WRITE
          UPDATE t SET a = 1                              | WRITE
          DELETE FROM t                                   | WRITE
          CREATE TABLE t(a)                               | ALONE
          CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END | ALONE
          CREATE TEMP TABLE t(a)                          | REFUSED
          CREATE TABLE temp.t(a)                          | REFUSED
          SELECT temp FROM temperatures                   | READ
          COMMIT                                          | REFUSED
          ; ; END                                         | REFUSED
          DETACH main                                     | REFUSED
          SELECT 1; ATTACH 'x' AS y                       | REFUSED
          SELECT load_extension ('x')                     | REFUSED
          SELECT * FROM pragma_database_list              | REFUSED
          SELECT * FROM "pragma_Database_list"()          | REFUSED
          SELECT * FROM pragma_table_xinfo('t')           | READ
          SELECT * FROM dbstat                            | REFUSED
          CREATE VIRTUAL TABLE f USING fts5(a)            | ALONE
          CREATE VIRTUAL TABLE f USING fts3(a)            | REFUSED
          CREATE VIRTUAL TABLE f USING "fts4"(a)          | REFUSED
          SELECT "REPLICATE" ('a', 2)                     | REFUSED
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
        "SELECT * FROM _cf_schema_history",
        "SELECT * FROM \"_cf_schema_history\"",
        "SELECT * FROM [_CF_schema_history]",
        "SELECT * FROM `_cf_schema_history`",
        "SELECT * FROM '_cf_schema_history'",
        "SELECT * FROM t, '_cf_schema_history'",
        "SELECT * FROM main . _cf_schema_history",
        "SELECT * FROM/**/_cf_schema_history",
        "DROP TABLE IF EXISTS '_cf_schema_history'",
        "INSERT INTO'_cf_schema_history'VALUES(1)",
        "ALTER TABLE t RENAME TO _cf_x",
        "CREATE VIEW v AS SELECT * FROM _cf_schema_history",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM _cf_schema_history; END",
        "CREATE VIRTUAL TABLE f USING fts5(a, content='_cf_schema_history')",
        "CREATE VIRTUAL TABLE f USING fts5(a, content = _cf_schema_history)",
        "CREATE VIRTUAL TABLE f USING fts5(a, \"content='_cf_schema_history'\")",
        "SELECT * FROM pragma_table_info('_cf_schema_history')",
        "WITH _cf_x AS (SELECT 1) SELECT 1",
        "SELECT 1; SELECT * FROM _burgage_x",
      })
  void reservedNamesAreOutOfReach(String sql) {
    assertThatThrownBy(() -> SqlGate.admit(sql))
        .isInstanceOf(SqlRefusedException.class)
        .hasMessageContaining("reserved");
  }

  @Test
  void reservedPrefixesMayBeComparedWith() {
    assertThat(
            SqlGate.admit(
                    "SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf_%' AND name !="
                        + " '_cf_KV'")
                .access())
        .isEqualTo(Access.READ);
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
