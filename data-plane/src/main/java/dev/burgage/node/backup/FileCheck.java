package dev.burgage.node.backup;

import dev.burgage.migrations.apply.History;
import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.schema.Schema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/// Looks at a SQLite file that nobody else has open, behind the guard. Thread-safe.
///
/// @param guard opens the file
record FileCheck(Guard guard) {
  private static final String TABLES =
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
          + " AND name NOT GLOB '_cf_*'";
  private static final List<String> DISTRUST =
      List.of("cell_size_check=ON", "trusted_schema=OFF", "query_only=ON");

  /// What a file is.
  ///
  /// @param integrity `ok`, or what SQLite's integrity check says first
  record Found(String integrity, int tables, @Nullable String schemaVersion, String fingerprint) {}

  /// A task on a file.
  @FunctionalInterface
  interface Task<T> {
    T run(Connection connection) throws SQLException;
  }

  Found look(Path file, BooleanSupplier pulse) throws SQLException {
    return read(
        file,
        pulse,
        connection ->
            new Found(
                integrity(connection),
                (int) number(connection, TABLES),
                History.currentVersion(connection),
                Schema.read(connection).fingerprint()));
  }

  /// Runs a task that only reads.
  ///
  /// @param pulse says whether statements go on
  <T> T read(Path file, BooleanSupplier pulse, Task<T> task) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    // Immutable: nobody else has it; one in WAL mode is read without a log.
    String url = "jdbc:sqlite:file:%s?mode=ro&immutable=1".formatted(file.toUri().getRawPath());
    try (GuardedConnection guarded = guard.open(config, url)) {
      guarded.callWhileRunning(pulse);
      return guarded.as(
          Policy.TRUSTED,
          connection -> {
            for (String pragma : DISTRUST) {
              try (PreparedStatement statement = connection.prepareStatement("PRAGMA " + pragma)) {
                statement.execute();
              }
            }
            return task.run(connection);
          });
    }
  }

  // What it says of rows (a null that was allowed before) is the tenant's affair: it is written
  // down, and a drill finds the same again. CHECKs are passed over in a file that is only read.
  private static String integrity(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("PRAGMA integrity_check(1)");
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getString(1) : "nothing";
    } catch (SQLException e) {
      if (e.getErrorCode() == SQLiteErrorCode.SQLITE_ERROR.code) {
        // Something in the schema cannot be run here, as in the database itself.
        return "not checked: " + e.getMessage();
      }
      throw e;
    }
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
