package dev.burgage.migrations.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.sql.SqlStatement;
import dev.burgage.migrations.sql.StatementSplitter;
import dev.burgage.protocol.migration.SchemaObject;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteConfig;

final class SchemaTest {
  private static final Fingerprints FINGERPRINTS = new Fingerprints();
  private static final Guard GUARD =
      Guard.of("enforced", Path.of(System.getProperty("java.io.tmpdir")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        // white space, comments, letter case, quotes
        "CREATE TABLE t (a, b)                     | create  table T(A,/* c */b)",
        "CREATE TABLE t (a, b)                     | CREATE TABLE IF NOT EXISTS \"t\" ([a], `b`)",
        "CREATE TABLE t (a INTEGER NOT NULL)       | CREATE TABLE main.t (\"a\" integer not null)",
        "CREATE TABLE t (a DEFAULT CURRENT_TIMESTAMP) | CREATE TABLE t (a default"
            + " current_timestamp)",
        "CREATE TABLE t (a, \"b c\")               | CREATE TABLE t (a, [B C])",
        "CREATE TABLE \"order\" (a)                | CREATE TABLE [ORDER] (a)",
        // the same by another way
        "CREATE TABLE t (a, b INTEGER DEFAULT 1)   | CREATE TABLE t (a); ALTER TABLE t ADD COLUMN b"
            + " INTEGER DEFAULT 1",
        "CREATE TABLE t (a, b, UNIQUE (a))         | CREATE TABLE t (a, UNIQUE (a)); ALTER TABLE t"
            + " ADD b",
        "CREATE TABLE t (a)                        | CREATE TABLE n (a); ALTER TABLE n RENAME TO t",
        "CREATE TABLE t (a, b)                     | CREATE TABLE t (a, c); ALTER TABLE t RENAME"
            + " COLUMN c TO b",
        "CREATE TABLE t (a)                        | CREATE TABLE t (a, b); ALTER TABLE t DROP"
            + " COLUMN b",
        "CREATE TABLE p (i INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (i)) | CREATE TABLE"
            + " o (i INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES o (i)); ALTER TABLE o"
            + " RENAME TO p",
        "CREATE TABLE t (a); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t | CREATE"
            + " TABLE n (a); CREATE INDEX i ON n (a); CREATE VIEW v AS SELECT a FROM n; ALTER TABLE"
            + " n RENAME TO t",
        "CREATE TABLE b (x); CREATE TABLE a (x)    | CREATE TABLE a (x); CREATE TABLE b (x)",
        // rows, statistics, histories
        "CREATE TABLE t (a)                        | CREATE TABLE t (a); INSERT INTO t VALUES (1);"
            + " ANALYZE",
        "CREATE TABLE t (a)                        | CREATE TABLE t (a); CREATE TABLE d1_migrations"
            + " (id)",
        "CREATE TABLE t (a)                        | CREATE TABLE t (a); CREATE TABLE _cf_x (a);"
            + " CREATE TABLE _burgage_x (a)",
      })
  void meansTheSame(String one, String other) throws SQLException {
    assertThat(schema(other)).isEqualTo(schema(one));
    assertThat(schema(other).fingerprint()).isEqualTo(schema(one).fingerprint());
    assertThat(schema(one).differences(schema(other))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "CREATE TABLE t (a INTEGER)       | CREATE TABLE t (a INT)",
        "CREATE TABLE t (a DEFAULT 1)     | CREATE TABLE t (a DEFAULT 2)",
        "CREATE TABLE t (a DEFAULT 1)     | CREATE TABLE t (a DEFAULT '1')",
        "CREATE TABLE t (a DEFAULT 'A')   | CREATE TABLE t (a DEFAULT 'a')",
        "CREATE TABLE t (a DEFAULT A)     | CREATE TABLE t (a DEFAULT a)",
        "CREATE TABLE t (a DEFAULT \"A\") | CREATE TABLE t (a DEFAULT \"a\")",
        "CREATE TABLE t (a DEFAULT true)  | CREATE TABLE t (a DEFAULT \"true\")",
        "CREATE TABLE t (a)               | CREATE TABLE t (a NOT NULL)",
        "CREATE TABLE t (a CHECK (a > 1)) | CREATE TABLE t (a CHECK (a >= 1))",
        "CREATE TABLE t (a CHECK (a IN (\"X\"))) | CREATE TABLE t (a CHECK (a IN (\"x\")))",
        "CREATE TABLE t (a)               | CREATE TABLE t (a COLLATE NOCASE)",
        "CREATE TABLE t (a, b)            | CREATE TABLE t (b, a)",
        "CREATE TABLE t (a unique)        | CREATE TABLE t (a \"unique\")",
        "CREATE TABLE t (a unique)        | CREATE TABLE t (a [unique])",
        "CREATE TABLE t (a TEXT)          | CREATE TABLE t (a TEXT) STRICT",
        "CREATE TABLE t (a PRIMARY KEY)   | CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE t (a INTEGER PRIMARY KEY) | CREATE TABLE t (a INTEGER PRIMARY KEY"
            + " AUTOINCREMENT)",
        "CREATE TABLE t (a, b AS (a) STORED) | CREATE TABLE t (a, b AS (a) VIRTUAL)",
        "CREATE TABLE t (a); CREATE INDEX i ON t (a) | CREATE TABLE t (a); CREATE INDEX i ON t (a"
            + " DESC)",
        "CREATE TABLE t (a); CREATE INDEX i ON t (a) | CREATE TABLE t (a); CREATE UNIQUE INDEX i ON"
            + " t (a)",
        "CREATE TABLE t (a); CREATE INDEX i ON t (a) | CREATE TABLE t (a); CREATE INDEX i ON t (a)"
            + " WHERE a > 0",
        "CREATE TABLE t (a); CREATE INDEX i ON t (a) | CREATE TABLE t (a); CREATE INDEX j ON t (a)",
        "CREATE TABLE t (a); CREATE VIEW v AS SELECT DISTINCT a FROM t | CREATE TABLE t (a); CREATE"
            + " VIEW v AS SELECT \"distinct\" a FROM t",
        "CREATE TABLE t (a); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 'a'; END | CREATE"
            + " TABLE t (a); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 'A'; END",
        "CREATE TABLE t (a REFERENCES p)  | CREATE TABLE t (a REFERENCES p ON DELETE CASCADE)",
        "CREATE VIRTUAL TABLE f USING fts5(a) | CREATE VIRTUAL TABLE f USING fts5(a, tokenize ="
            + " 'porter')",
        "CREATE TABLE d1_migrations (name) | CREATE TABLE d1_migrations (name); CREATE TRIGGER r"
            + " AFTER INSERT ON d1_migrations BEGIN SELECT 1; END",
      })
  void isAnother(String one, String other) throws SQLException {
    assertThat(schema(other)).isNotEqualTo(schema(one));
    assertThat(schema(other).fingerprint()).isNotEqualTo(schema(one).fingerprint());
    assertThat(schema(one).differences(schema(other))).isNotEmpty();
  }

  @Test
  void tablesOfAModuleAreNotTheTenants() throws SQLException {
    Schema schema =
        schema(
            "CREATE VIRTUAL TABLE docs USING fts5(body); CREATE VIRTUAL TABLE map USING rtree(i,"
                + " x0, x1); CREATE TABLE docs_other (a); CREATE TABLE map_node_x (a)");

    assertThat(schema.objects())
        .extracting(SchemaObject::name)
        .containsExactly("docs", "docs_other", "map", "map_node_x");
  }

  @Test
  void differencesNameTheObjects() throws SQLException {
    Schema expected = schema("CREATE TABLE a (x); CREATE TABLE b (x); CREATE INDEX i ON b (x)");
    Schema actual = schema("CREATE TABLE a (x, y); CREATE TABLE c (x); CREATE INDEX i ON c (x)");

    assertThat(expected.differences(actual))
        .containsExactly(
            new SchemaDifference.Different(
                new SchemaObject("index", "i", "b", "create index i on b ( x )"),
                new SchemaObject("index", "i", "c", "create index i on c ( x )")),
            new SchemaDifference.Different(
                new SchemaObject("table", "a", "a", "create table a ( x )"),
                new SchemaObject("table", "a", "a", "create table a ( x , y )")),
            new SchemaDifference.Missing(
                new SchemaObject("table", "b", "b", "create table b ( x )")),
            new SchemaDifference.Unexpected(
                new SchemaObject("table", "c", "c", "create table c ( x )")));
  }

  private static Schema schema(String script) throws SQLException {
    try (GuardedConnection connection = GUARD.open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      connection.permit(Policy.TRUSTED);
      for (SqlStatement statement : StatementSplitter.split(script)) {
        try (PreparedStatement prepared = connection.jdbc().prepareStatement(statement.sql())) {
          prepared.execute();
        }
      }
      Schema schema = Schema.read(connection.jdbc());
      // Shared by all of them: whatever was seen before, and when it is seen again.
      assertThat(FINGERPRINTS.of(connection.jdbc())).isEqualTo(schema.fingerprint());
      assertThat(FINGERPRINTS.of(connection.jdbc())).isEqualTo(schema.fingerprint());
      return schema;
    }
  }
}
