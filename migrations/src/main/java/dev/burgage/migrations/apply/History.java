package dev.burgage.migrations.apply;

import dev.burgage.protocol.migration.MigrationScript;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The table of applied migrations in a tenant database: columns, index, values and even the text
/// in `sqlite_schema` are what flyway-core's SQLiteDatabase and JdbcTableSchemaHistory write.
public final class History {
  /// Tenants cannot touch names with this prefix, and `drizzle-kit push` does not drop them.
  public static final String TABLE = "_cf_schema_history";

  private static final String CREATE_TABLE =
      """
      CREATE TABLE "main"."_cf_schema_history" (
          "installed_rank" INT NOT NULL PRIMARY KEY,
          "version" VARCHAR(50),
          "description" VARCHAR(200) NOT NULL,
          "type" VARCHAR(20) NOT NULL,
          "script" VARCHAR(1000) NOT NULL,
          "checksum" INT,
          "installed_by" VARCHAR(100) NOT NULL,
          "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
          "execution_time" INT NOT NULL,
          "success" BOOLEAN NOT NULL
      )\
      """;

  private static final String CREATE_INDEX =
      "CREATE INDEX \"main\".\"_cf_schema_history_s_idx\" ON \"_cf_schema_history\" (\"success\")";

  private static final String INSERT =
      """
      INSERT INTO "main"."_cf_schema_history" ("installed_rank", "version", "description", "type",
      "script", "checksum", "installed_by", "execution_time", "success")
      VALUES (?, ?, ?, 'SQL', ?, ?, ?, ?, 1)\
      """;

  private static final String SET_CHECKSUM =
      "UPDATE main._cf_schema_history SET checksum = ? WHERE script = ?";

  private static final String READ =
      "SELECT installed_rank, version, type, checksum, success FROM main._cf_schema_history"
          + " ORDER BY installed_rank";

  private static final String NEWEST =
      "SELECT version FROM main._cf_schema_history WHERE success AND version IS NOT NULL"
          + " ORDER BY installed_rank DESC LIMIT 1";

  private static final String EXISTS =
      "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = '_cf_schema_history'";

  private History() {}

  /// The newest version that was applied, or null if there is none.
  public static @Nullable String currentVersion(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NEWEST);
        ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    } catch (SQLException e) {
      if (exists(connection)) {
        throw e;
      }
      return null;
    }
  }

  /// @return the rows in their order, or null if there is no table
  static @Nullable List<AppliedScript> read(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ);
        ResultSet row = statement.executeQuery()) {
      List<AppliedScript> applied = new ArrayList<>();
      while (row.next()) {
        applied.add(script(row));
      }
      return applied;
    } catch (SQLException e) {
      if (exists(connection)) {
        throw e;
      }
      return null;
    }
  }

  private static AppliedScript script(ResultSet row) throws SQLException {
    int value = row.getInt(4);
    Integer checksum = row.wasNull() ? null : value;
    return new AppliedScript(
        row.getInt(1), row.getString(2), row.getString(3), checksum, row.getBoolean(5));
  }

  static void create(Connection connection) throws SQLException {
    for (String sql : List.of(CREATE_TABLE, CREATE_INDEX)) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.execute();
      }
    }
  }

  /// @param installedBy empty where no rollout ran it, as Flyway has it on SQLite
  static void add(
      Connection connection, int rank, MigrationScript script, String installedBy, int millis)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      statement.setInt(1, rank);
      statement.setString(2, script.version());
      statement.setString(3, script.description());
      statement.setString(4, script.script());
      statement.setInt(5, script.checksum());
      statement.setString(6, installedBy);
      statement.setInt(7, millis);
      statement.executeUpdate();
    }
  }

  /// Writes the scripts' own checksums where those of what was run in their place stand.
  static void setChecksums(Connection connection, List<MigrationScript> scripts)
      throws SQLException {
    for (MigrationScript script : scripts) {
      try (PreparedStatement statement = connection.prepareStatement(SET_CHECKSUM)) {
        statement.setInt(1, script.checksum());
        statement.setString(2, script.script());
        statement.executeUpdate();
      }
    }
  }

  static boolean exists(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(EXISTS);
        ResultSet row = statement.executeQuery()) {
      return row.next();
    }
  }
}
