package dev.burgage.example.chinook;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;
import tools.jackson.databind.JsonNode;

/// A tenant's database of the fake cell, on real SQLite. Thread-safe.
final class FakeDatabase implements AutoCloseable {
  private final Connection connection;
  private String version = "";

  FakeDatabase(Path file) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA foreign_keys = 1");
    }
    connection.setAutoCommit(false);
    // D1's, where a query that works on a laptop's SQLite may not.
    SQLiteConnection limited = connection.unwrap(SQLiteConnection.class);
    limited.setLimit(SQLiteLimits.SQLITE_LIMIT_COMPOUND_SELECT, 5);
    limited.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, 100_000);
  }

  synchronized String version() {
    return version;
  }

  synchronized void migrate(String newVersion, String script) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : script.split(";\n", -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
      connection.commit();
      version = newVersion;
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  /// One statement or an array of them, in one transaction.
  synchronized List<Map<String, Object>> run(JsonNode statements) throws SQLException {
    List<Map<String, Object>> results = new ArrayList<>();
    try {
      if (statements.isArray()) {
        for (JsonNode statement : statements) {
          results.add(runOne(statement));
        }
      } else {
        results.add(runOne(statements));
      }
      connection.commit();
      return results;
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  private Map<String, Object> runOne(JsonNode json) throws SQLException {
    String sql = json.get("sql").asString();
    List<String> columns = new ArrayList<>();
    List<List<Object>> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int i = 1;
      for (JsonNode parameter : json.get("params")) {
        if (parameter.isString()) {
          statement.setString(i++, parameter.asString());
        } else {
          statement.setLong(i++, parameter.asLong());
        }
      }
      if (statement.execute()) {
        read(statement.getResultSet(), columns, rows);
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("success", true);
    result.put("meta", Map.of("duration", 0.1));
    result.put("results", Map.of("columns", columns, "rows", rows));
    return result;
  }

  private static void read(ResultSet set, List<String> columns, List<List<Object>> rows)
      throws SQLException {
    int width = set.getMetaData().getColumnCount();
    for (int c = 1; c <= width; c++) {
      columns.add(set.getMetaData().getColumnLabel(c));
    }
    while (set.next()) {
      List<Object> row = new ArrayList<>();
      for (int c = 1; c <= width; c++) {
        row.add(set.getObject(c));
      }
      rows.add(row);
    }
  }

  @Override
  public synchronized void close() throws SQLException {
    connection.close();
  }
}
