package dev.burgage.migrations.lint;

import dev.burgage.migrations.sql.SqlTokens;
import dev.burgage.migrations.sql.Token;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What SQLite tells of a schema. Names are in lower case.
///
/// @param views their names
/// @param attached indexes and triggers that a statement made, by name, with their tables
record Facts(Map<String, Table> tables, Set<String> views, Map<String, String> attached) {
  private static final String OBJECTS =
      """
      SELECT type, name, tbl_name, rootpage, sql FROM main.sqlite_schema
      WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        AND tbl_name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND tbl_name <> 'd1_migrations'
      ORDER BY name
      """;

  /// @param root where its rows are; a renamed table keeps it; 0 for a virtual one
  /// @param uniques the columns of each unique index or constraint
  /// @param checks the conditions of its CHECK constraints
  record Table(
      String name,
      int root,
      Map<String, Column> columns,
      Set<String> uniques,
      Set<String> checks,
      List<ForeignKey> foreignKeys) {}

  /// @param required whether an INSERT that does not name it fails
  record Column(String name, boolean notNull, boolean required) {}

  /// @param onDelete `CASCADE`, `NO ACTION`, …
  record ForeignKey(String parent, String onDelete, String columns) {}

  static Facts read(Connection connection) throws SQLException {
    Facts facts = new Facts(new LinkedHashMap<>(), new HashSet<>(), new HashMap<>());
    try (PreparedStatement statement = connection.prepareStatement(OBJECTS);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        String name = lower(row.getString(2));
        switch (row.getString(1)) {
          case "table" -> facts.tables.put(name, table(connection, name, row));
          case "view" -> facts.views.add(name);
          default -> facts.attached.put(name, lower(row.getString(3)));
        }
      }
    }
    return facts;
  }

  /// The table whose rows, or an index of it, are at a page; null if there is none.
  static @Nullable String tableAt(Connection connection, int root) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT tbl_name FROM main.sqlite_schema WHERE rootpage = ? AND name NOT LIKE"
                + " 'sqlite_s%'")) {
      statement.setInt(1, root);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? lower(row.getString(1)) : null;
      }
    }
  }

  private static Table table(Connection connection, String name, ResultSet row)
      throws SQLException {
    return new Table(
        name,
        row.getInt(4),
        columns(connection, name),
        uniques(connection, name),
        checks(row.getString(5)),
        foreignKeys(connection, name));
  }

  private static Map<String, Column> columns(Connection connection, String table)
      throws SQLException {
    Map<String, Column> columns = new LinkedHashMap<>();
    for (List<String> column :
        rows(
            connection,
            """
            SELECT name, "notnull" <> 0,
              "notnull" <> 0 AND dflt_value IS NULL AND hidden = 0
              AND NOT (pk = 1 AND type = 'INTEGER' COLLATE NOCASE)
            FROM pragma_table_xinfo(?)
            """,
            table)) {
      String name = lower(column.get(0));
      columns.put(name, new Column(name, column.get(1).equals("1"), column.get(2).equals("1")));
    }
    return columns;
  }

  private static Set<String> uniques(Connection connection, String table) throws SQLException {
    Set<String> uniques = new HashSet<>();
    for (List<String> unique :
        rows(
            connection,
            """
            SELECT group_concat(coalesce(c.name, '(expression)'), ', ' ORDER BY c.seqno)
            FROM pragma_index_list(?) l, pragma_index_info(l.name) c
            WHERE l."unique" GROUP BY l.name
            """,
            table)) {
      uniques.add(lower(unique.getFirst()));
    }
    return uniques;
  }

  private static List<ForeignKey> foreignKeys(Connection connection, String table)
      throws SQLException {
    List<ForeignKey> keys = new ArrayList<>();
    for (List<String> key :
        rows(
            connection,
            """
            SELECT "table", on_delete, group_concat("from", ', ' ORDER BY seq)
            FROM pragma_foreign_key_list(?) GROUP BY id
            """,
            table)) {
      keys.add(new ForeignKey(lower(key.get(0)), key.get(1), lower(key.get(2))));
    }
    return keys;
  }

  private static List<List<String>> rows(Connection connection, String sql, String table)
      throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        int columns = row.getMetaData().getColumnCount();
        while (row.next()) {
          List<String> values = new ArrayList<>();
          for (int i = 1; i <= columns; i++) {
            values.add(String.valueOf(row.getString(i)));
          }
          rows.add(values);
        }
      }
    }
    return rows;
  }

  /// SQLite has no list of them; they are what stands in parentheses behind `CHECK`.
  private static Set<String> checks(String sql) {
    Set<String> checks = new HashSet<>();
    StringBuilder text = new StringBuilder();
    int depth = 0;
    boolean begun = false;
    SqlTokens tokens = new SqlTokens(sql);
    for (Token token = tokens.next(); token != null; token = tokens.next()) {
      if (depth == 0 && !begun) {
        begun = token.isWord("CHECK");
        continue;
      }
      depth += token.isOperator("(") ? 1 : token.isOperator(")") ? -1 : 0;
      text.append(lower(token.text())).append(' ');
      if (depth == 0) {
        checks.add(text.toString().strip());
        text.setLength(0);
        begun = false;
      }
    }
    return checks;
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
