package dev.burgage.bench.worker;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// The migrations of the rollout scenario, the same for every peer: version *n* makes table `tn`
/// with an index and one row.
public final class PoolSchema {
  private PoolSchema() {}

  public static String scriptName(int version) {
    return "V%d__table_%d.sql".formatted(version, version);
  }

  public static String sql(int version) {
    return String.join(";\n", statements(version)) + ";\n";
  }

  static List<String> statements(int version) {
    return List.of(
        "CREATE TABLE t%d (id INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL)"
            .formatted(version),
        "CREATE INDEX t%d_name ON t%d (name)".formatted(version, version),
        "INSERT INTO t%d (name, at) VALUES ('first', %d)".formatted(version, version));
  }

  /// The newest version whose table is there; tables are made in order.
  static int version(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT max(CAST(substr(name, 2) AS INTEGER)) FROM sqlite_schema WHERE type = 'table'"
                + " AND name GLOB 't[0-9]*'")) {
      return row.getInt(1);
    }
  }
}
