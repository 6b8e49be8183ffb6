package dev.burgage.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/// How many rows the control plane's PostgreSQL has written into each table, by its own statistics.
/// A backend tells them when it is idle for ten seconds at the latest.
public final class MetadataRows {
  private static final String WRITTEN =
      "select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables";

  private final Map<String, Written> tables;

  private MetadataRows(Map<String, Written> tables) {
    this.tables = tables;
  }

  /// Rows written.
  public record Written(long inserted, long updated, long deleted) {
    static final Written NONE = new Written(0, 0, 0);

    private Written minus(Written other) {
      return new Written(
          inserted - other.inserted, updated - other.updated, deleted - other.deleted);
    }

    private Written plus(Written other) {
      return new Written(
          inserted + other.inserted, updated + other.updated, deleted + other.deleted);
    }
  }

  /// @param home the folder of the control plane's PostgreSQL
  static MetadataRows of(Path home) throws IOException {
    String url =
        "jdbc:postgresql://127.0.0.1:%s/burgage"
            .formatted(Files.readString(home.resolve("port")).strip());
    String password = Files.readString(home.resolve("password")).strip();
    var tables = new TreeMap<String, Written>();
    try (Connection connection = DriverManager.getConnection(url, "burgage", password);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(WRITTEN)) {
      while (row.next()) {
        tables.put(row.getString(1), new Written(row.getLong(2), row.getLong(3), row.getLong(4)));
      }
    } catch (SQLException e) {
      throw new IOException("PostgreSQL did not tell its statistics", e);
    }
    return new MetadataRows(tables);
  }

  /// What was written since an earlier look, by table; without tables in which nothing was.
  public Map<String, Written> since(MetadataRows before) {
    var since = new TreeMap<String, Written>();
    tables.forEach((table, written) -> {
      Written more = written.minus(before.tables.getOrDefault(table, Written.NONE));
      if (!more.equals(Written.NONE)) {
        since.put(table, more);
      }
    });
    return since;
  }

  public static Written sum(Map<String, Written> tables) {
    return tables.values().stream().reduce(Written.NONE, Written::plus);
  }
}
