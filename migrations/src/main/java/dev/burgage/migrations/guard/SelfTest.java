package dev.burgage.migrations.guard;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/// Shows, before any tenant's SQL runs, that the guard refuses and that it lets through. What must
/// be refused is harmless if it is not.
final class SelfTest {
  private static final String[] SCHEMA = {
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b)",
    "INSERT INTO t VALUES (1, 'one')",
    "CREATE TABLE _cf_secret(s UNIQUE)",
    "CREATE VIRTUAL TABLE f USING fts5(x)",
    "CREATE VIEW v AS SELECT * FROM _cf_secret"
  };

  private static final String[] REFUSED = {
    "ATTACH ':memory:' AS other",
    "DETACH main",
    "VACUUM",
    "VACUUM INTO ''",
    "BEGIN",
    "COMMIT",
    "SAVEPOINT s",
    "SELECT load_extension('nowhere')",
    "SELECT replicate('a', 2)",
    "SELECT padl('a', 2)",
    "SELECT \"RePlIcAtE\"('a', 2)",
    "SELECT fts3_tokenizer('simple')",
    "SELECT sqlite_version()",
    "SELECT * FROM _cf_secret",
    "SELECT * FROM \"_CF_secret\"",
    "SELECT * FROM v",
    "INSERT INTO _cf_secret VALUES (1)",
    "DROP TABLE _cf_secret",
    "CREATE TABLE _burgage_x(a)",
    "CREATE TRIGGER r AFTER INSERT ON _cf_secret BEGIN SELECT 1; END",
    "CREATE TEMP TABLE x(a)",
    "CREATE TABLE temp.x(a)",
    "CREATE VIRTUAL TABLE x USING fts3(a)",
    "CREATE VIRTUAL TABLE x USING dbstat",
    "SELECT * FROM dbstat",
    "SELECT * FROM fts3tokenize",
    "SELECT * FROM pragma_database_list",
    "PRAGMA database_list",
    "PRAGMA journal_mode = OFF",
    "PRAGMA writable_schema = ON",
    "PRAGMA trusted_schema = ON",
    "PRAGMA temp_store_directory = '/'",
    "PRAGMA max_page_count = 1000000",
    "PRAGMA table_info(_cf_secret)",
    "DELETE FROM f_data",
    "UPDATE sqlite_master SET sql = ''"
  };

  private static final String[] ALLOWED = {
    "SELECT b FROM t WHERE a = 1",
    "INSERT INTO t(b) VALUES ('two') RETURNING a",
    "UPDATE t SET b = upper(b)",
    "DELETE FROM t WHERE a = 2",
    "CREATE TABLE u(a REFERENCES t(a), b AS (a + 1), CHECK (a > 0))",
    "CREATE INDEX i ON u(b)",
    "ALTER TABLE u ADD COLUMN c DEFAULT 1",
    "ALTER TABLE u RENAME COLUMN c TO d",
    "ALTER TABLE u RENAME TO w",
    "DROP TABLE w",
    "INSERT INTO f VALUES ('some words')",
    "SELECT highlight(f, 0, '<', '>') FROM f WHERE f MATCH 'words'",
    "SELECT value FROM json_each('[1, 2]')",
    "SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf_%'",
    "SELECT * FROM pragma_table_xinfo('t')",
    "PRAGMA foreign_keys = ON",
    "PRAGMA quick_check",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n",
    "REINDEX",
    "ANALYZE",
    "PRAGMA optimize"
  };

  private final Guard guard;

  private SelfTest(Guard guard) {
    this.guard = guard;
  }

  /// @throws GuardUnavailableException naming the statement that went the wrong way
  static void run(Guard guard) throws GuardUnavailableException {
    new SelfTest(guard).run();
  }

  private void run() throws GuardUnavailableException {
    try (GuardedConnection connection = guard.open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      check(connection, Policy.NOBODY, "SELECT 1", /* allowed= */ false);
      for (String sql : SCHEMA) {
        check(connection, Policy.TRUSTED, sql, /* allowed= */ true);
      }
      for (String sql : REFUSED) {
        check(connection, Policy.TENANT, sql, /* allowed= */ false);
      }
      for (String sql : ALLOWED) {
        check(connection, Policy.TENANT, sql, /* allowed= */ true);
      }
      checkFunctions(connection);
    } catch (SQLException e) {
      throw new GuardUnavailableException("the guard's self-test could not be run", e);
    }
  }

  private static void check(
      GuardedConnection connection, Policy policy, String sql, boolean allowed)
      throws GuardUnavailableException {
    SQLException refusal = null;
    try {
      connection.as(policy, _ -> all(connection, sql));
    } catch (SQLException e) {
      refusal = e;
    }
    if (allowed && refusal != null) {
      throw new GuardUnavailableException(
          "the guard refuses what it should allow: " + sql, refusal);
    }
    if (!allowed && refusal == null) {
      throw new GuardUnavailableException("the guard allows what it should refuse: " + sql);
    }
  }

  private static int all(GuardedConnection connection, String sql) throws SQLException {
    int count = 0;
    try (PreparedStatement statement = connection.jdbc().prepareStatement(sql)) {
      if (statement.execute()) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            count++;
          }
        }
      }
    }
    return count;
  }

  // With SQLite's own, each of these takes a minute and more.
  private static void checkFunctions(GuardedConnection connection)
      throws GuardUnavailableException {
    String sql =
        """
        WITH x(a) AS (SELECT replace(hex(zeroblob(100000)), '0', 'a'))
        SELECT instr(a, substr(a, 1, 99999) || 'b') = 0
          AND ltrim(a, a || 'b') = '' AND length(replace(a, substr(a, 1, 99999) || 'b', '')) = 200000
        FROM x
        """;
    try {
      boolean right =
          connection.as(
              Policy.TENANT,
              jdbc -> {
                try (PreparedStatement statement = jdbc.prepareStatement(sql);
                    ResultSet row = statement.executeQuery()) {
                  return row.next() && row.getBoolean(1);
                }
              });
      if (!right) {
        throw new GuardUnavailableException("the replaced functions give wrong results");
      }
    } catch (SQLException e) {
      throw new GuardUnavailableException("the replaced functions fail", e);
    }
  }
}
