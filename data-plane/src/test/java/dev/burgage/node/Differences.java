package dev.burgage.node;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Compares two SQLite files, schema and rows, by SQLite itself: values are equal if their types
/// and `quote()` of them are.
final class Differences {
  private static final String OBJECTS =
      "SELECT type, name, tbl_name, sql FROM %s.sqlite_schema WHERE tbl_name NOT GLOB '_cf_*' AND"
          + " name NOT GLOB 'sqlite_*' AND name NOT IN (SELECT name FROM pragma_table_list WHERE"
          + " type = 'shadow')";

  private Differences() {}

  static List<String> between(Path one, Path other) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + one);
        Statement statement = connection.createStatement()) {
      statement.execute("ATTACH '" + other + "' AS other");
      found.addAll(difference(statement, OBJECTS.formatted("main"), OBJECTS.formatted("other")));
      for (String table : tables(statement)) {
        String columns = columns(statement, table);
        String rows = "SELECT " + columns + " FROM %s.\"" + table.replace("\"", "\"\"") + "\"";
        found.addAll(difference(statement, rows.formatted("main"), rows.formatted("other")));
      }
    }
    return found;
  }

  private static List<String> tables(Statement statement) throws SQLException {
    return texts(
        statement,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT"
            + " GLOB '_cf_*' AND name NOT GLOB 'sqlite_schema*' AND name NOT GLOB 'sqlite_stat*'");
  }

  private static String columns(Statement statement, String table) throws SQLException {
    List<String> columns =
        texts(
            statement,
            "SELECT 'typeof(\"' || replace(name, '\"', '\"\"') || '\"'|| ') || quote(\"' ||"
                + " replace(name, '\"', '\"\"') || '\")' FROM pragma_table_xinfo('"
                + table.replace("'", "''")
                + "') WHERE hidden <> 1");
    return String.join(", ", columns);
  }

  private static List<String> difference(Statement statement, String one, String other)
      throws SQLException {
    List<String> found = new ArrayList<>();
    for (String sql :
        List.of(
            "SELECT * FROM (" + one + " EXCEPT " + other + ") LIMIT 3",
            "SELECT * FROM (" + other + " EXCEPT " + one + ") LIMIT 3")) {
      for (String row : texts(statement, sql)) {
        found.add(sql + ": " + row.substring(0, Math.min(200, row.length())));
      }
    }
    String counts =
        "SELECT (SELECT count(*) FROM (%s)) = (SELECT count(*) FROM (%s))".formatted(one, other);
    if (!texts(statement, counts).equals(List.of("1"))) {
      found.add("not as many: " + one);
    }
    return found;
  }

  private static List<String> texts(Statement statement, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        StringBuilder text = new StringBuilder(rows.getString(1));
        for (int i = 2; i <= columns; i++) {
          text.append(" | ").append(rows.getString(i));
        }
        texts.add(text.toString());
      }
    }
    return texts;
  }
}
