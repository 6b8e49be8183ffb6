package dev.burgage.system;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// A tenant's file, opened when no node has it open any more.
///
/// @param path of the `.db`
record DatabaseFile(Path path) {
  /// The first column of each row, as text.
  List<String> ask(String sql) {
    try (Connection connection = DriverManager.getConnection(url());
        var statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException("%s in %s: %s".formatted(sql, path, e.getMessage()), e);
    }
  }

  String url() {
    return "jdbc:sqlite:" + path;
  }
}
