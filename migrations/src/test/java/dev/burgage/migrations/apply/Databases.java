package dev.burgage.migrations.apply;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.migration.MigrationScript;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.sqlite.SQLiteConfig;

/// Real SQLite files and sets for tests.
final class Databases {
  static final String TRIGGER =
      """
      CREATE TABLE audit (note TEXT); -- notes; all of them
      CREATE TRIGGER customer_added AFTER INSERT ON customer
      BEGIN
        INSERT INTO audit VALUES ('added; ' || CASE WHEN new.name IS NULL THEN 'nobody' ELSE new.name END);
        UPDATE customer SET name = trim(name) WHERE id = new.id;
      END;
      INSERT INTO customer (id, name) VALUES (1, ' Ada ');
      """;

  private Databases() {}

  static List<MigrationScript> set(String... sql) {
    List<MigrationFile> files = new ArrayList<>();
    for (int i = 0; i < sql.length; i++) {
      files.add(new MigrationFile("V%d__step_%d.sql".formatted(i + 1, i + 1), sql[i]));
    }
    return new MigrationSetReader().read(files, Engine.SQLITE).scripts();
  }

  static List<MigrationScript> customers() {
    return set(
        "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT);",
        TRIGGER,
        """
        CREATE TABLE invoice (
          id INTEGER PRIMARY KEY AUTOINCREMENT, -- the number; printed
          customer INTEGER NOT NULL REFERENCES customer (id)
        );
        CREATE INDEX "invoice by; customer" ON invoice (customer);
        CREATE VIEW names AS SELECT name FROM customer;
        INSERT INTO invoice (customer) VALUES (1)\
        """);
  }

  static final Guard GUARD = Guard.of("enforced", Path.of(System.getProperty("java.io.tmpdir")));

  /// What tests do themselves on it is trusted.
  static GuardedConnection open(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.enforceForeignKeys(true);
    GuardedConnection connection = GUARD.open(config, "jdbc:sqlite:" + file);
    connection.permit(Policy.TRUSTED);
    return connection;
  }

  static Flyway flyway(Path file, List<MigrationScript> scripts) {
    return Flyway.configure()
        .dataSource("jdbc:sqlite:" + file, null, null)
        .table("_cf_schema_history")
        .resourceProvider(new ScriptResources(scripts))
        .load();
  }

  static Outcome apply(Path file, List<MigrationScript> scripts) throws SQLException {
    try (GuardedConnection connection = open(file)) {
      return new MigrationApplier(scripts).apply(connection);
    }
  }

  static String fingerprint(Path file) throws SQLException {
    try (GuardedConnection connection = open(file)) {
      return Schema.read(connection.jdbc()).fingerprint();
    }
  }

  /// Everything in the database as text, but for the history's times.
  static List<String> dump(Path file) throws SQLException {
    try (GuardedConnection connection = open(file)) {
      List<String> dump =
          rows(
              connection,
              "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name");
      for (String table :
          rows(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")) {
        dump.addAll(
            table.equals(History.TABLE)
                ? rows(
                    connection,
                    "SELECT installed_rank, typeof(installed_rank), version, typeof(version),"
                        + " description, type, script, checksum, typeof(checksum), installed_by,"
                        + " typeof(installed_by), length(installed_on), typeof(execution_time),"
                        + " success, typeof(success) FROM _cf_schema_history ORDER BY 1")
                : rows(
                    connection,
                    "SELECT "
                        + (table.equals("d1_migrations") ? "id, name" : "*")
                        + " FROM \""
                        + table
                        + "\" ORDER BY 1"));
      }
      return dump;
    }
  }

  static List<String> rows(GuardedConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.jdbc().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          Object value = row.getObject(i);
          values.add(
              value instanceof byte[] blob
                  ? HexFormat.of().formatHex(blob)
                  : String.valueOf(value));
        }
        rows.add(String.join("|", values));
      }
      return rows;
    }
  }
}
