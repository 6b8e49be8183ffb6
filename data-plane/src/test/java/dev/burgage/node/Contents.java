package dev.burgage.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What is in a SQLite file of any encoding, to be compared with another's: each object of the
/// schema with its text, and each table with its number of rows and a digest of them all, with
/// types, all digits and all bytes. [Differences] says more, of two files of one encoding.
final class Contents {
  private static final String OWN =
      " NOT GLOB '_cf_*' AND name NOT GLOB '_burgage_*' AND name NOT GLOB 'sqlite_stat*' AND name"
          + " NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') AND tbl_name NOT IN"
          + " (SELECT name FROM pragma_table_list WHERE type = 'shadow')";

  private final Map<String, String> found = new TreeMap<>();

  private Contents() {}

  /// @throws SQLException if it cannot be read, or SQLite's integrity check finds something
  static Map<String, String> of(Path file) throws SQLException {
    Contents contents = new Contents();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:file:%s?immutable=1".formatted(file));
        Statement statement = connection.createStatement()) {
      contents.schema(statement);
      for (String table : contents.tables(statement)) {
        contents.rows(statement, table);
      }
      String state = texts(statement, "PRAGMA integrity_check").getFirst();
      if (!state.equals("ok")) {
        throw new SQLException(file + ": " + state);
      }
    }
    return contents.found;
  }

  private void schema(Statement statement) throws SQLException {
    String sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE tbl_name" + OWN;
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.put(
            rows.getString(1) + " " + rows.getString(2),
            rows.getString(3) + " " + rows.getString(4));
      }
    }
  }

  private List<String> tables(Statement statement) throws SQLException {
    return texts(
        statement, "SELECT name FROM sqlite_schema WHERE type = 'table' AND tbl_name" + OWN);
  }

  private void rows(Statement statement, String table) throws SQLException {
    List<String> columns =
        texts(
            statement,
            "SELECT '\"' || replace(name, '\"', '\"\"') || '\"' FROM pragma_table_xinfo('%s') WHERE hidden <> 1"
                .formatted(table.replace("'", "''")));
    List<String> lines = new ArrayList<>();
    String sql =
        "SELECT %s FROM \"%s\"".formatted(String.join(",", columns), table.replace("\"", "\"\""));
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        StringBuilder line = new StringBuilder();
        for (int i = 1; i <= columns.size(); i++) {
          line.append(value(rows, i)).append('|');
        }
        lines.add(line.toString());
      }
    }
    lines.sort(null);
    found.put("rows of " + table, lines.size() + " " + digest(lines));
  }

  private static String value(ResultSet rows, int column) throws SQLException {
    return switch (rows.getObject(column)) {
      case null -> "null";
      case Integer number -> "i" + number;
      case Long number -> "i" + number;
      case Double number -> "r" + Double.doubleToRawLongBits(number);
      case byte[] blob -> "b" + HexFormat.of().formatHex(blob);
      // What is not UTF-8 reaches Java as U+FFFD.
      case String text when text.indexOf('\uFFFD') >= 0 ->
          "x" + HexFormat.of().formatHex(rows.getBytes(column));
      case Object other -> "t" + other;
    };
  }

  private static String digest(List<String> lines) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      lines.forEach(line -> digest.update(line.getBytes(UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> texts(Statement statement, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
