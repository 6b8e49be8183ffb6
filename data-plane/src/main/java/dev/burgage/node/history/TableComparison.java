package dev.burgage.node.history;

import dev.burgage.protocol.node.DatabaseDiff.TableDiff;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Compares the rows of one table in `main` with those in `old`. A row is the same one if its key
/// is: the primary key, or else the rowid.
final class TableComparison {
  private static final List<String> ROWID_NAMES = List.of("rowid", "_rowid_", "oid");

  private final Connection connection;
  private final String shown;
  private final String name;
  private final @Nullable String note;

  /// What is to be known of a table's columns.
  ///
  /// @param key of the primary key, in its order; empty if there is none
  /// @param stored those that are no function of others
  /// @param all of them, in lower case
  /// @param hasRowid whether rows have a number beside their columns
  private record Columns(List<String> key, Set<String> stored, Set<String> all, boolean hasRowid) {}

  /// @param shown the name that people know
  TableComparison(Connection connection, String shown, String name, @Nullable String note) {
    this.connection = connection;
    this.shown = shown;
    this.name = name;
    this.note = note;
  }

  /// @return null if the rows are the same
  @Nullable TableDiff run() throws SQLException {
    Columns before = columns("old");
    Columns after = columns("main");
    if (before == null || after == null) {
      long added = after == null ? 0 : count("main");
      long removed = before == null ? 0 : count("old");
      return added + removed == 0 ? null : diff(added, 0, removed, List.of(), note);
    }
    List<String> key = key(before, after);
    if (key == null) {
      return new TableDiff(
          shown,
          0,
          0,
          0,
          /* comparedBy= */ null,
          "its key is another: not compared; %d rows before, %d after"
              .formatted(count("old"), count("main")));
    }
    return compared(before, after, key);
  }

  private @Nullable TableDiff compared(Columns before, Columns after, List<String> key)
      throws SQLException {
    Set<String> common = new LinkedHashSet<>(after.stored());
    common.retainAll(before.stored());
    long added = number(missing("main", "old", key));
    long removed = number(missing("old", "main", key));
    long changed = common.isEmpty() ? 0 : number(changed(List.copyOf(common), key));
    String told =
        before.stored().equals(after.stored())
            ? note
            : "its columns are others: rows are compared by those that it has in both";
    return added + changed + removed == 0 ? null : diff(added, changed, removed, key, told);
  }

  private TableDiff diff(
      long added, long changed, long removed, List<String> key, @Nullable String told) {
    return new TableDiff(shown, added, changed, removed, key, told);
  }

  private @Nullable List<String> key(Columns before, Columns after) throws SQLException {
    List<String> declared = after.key();
    // A key of a table with rowids may be NULL, any number of times.
    boolean isUsable =
        !declared.isEmpty()
            && declared.equals(before.key())
            && !(after.hasRowid() && hasNull("main", declared))
            && !(before.hasRowid() && hasNull("old", declared));
    if (isUsable) {
      return declared;
    }
    boolean isSame = declared.equals(before.key()) && before.hasRowid() && after.hasRowid();
    return isSame
        ? ROWID_NAMES.stream()
            .filter(rowid -> !before.all().contains(rowid) && !after.all().contains(rowid))
            .findFirst()
            .map(List::of)
            .orElse(null)
        : null;
  }

  private boolean hasNull(String schema, List<String> key) throws SQLException {
    String isNull = joined(key, " OR ", column -> quoted(column) + " IS NULL");
    return number("SELECT EXISTS(SELECT 1 FROM %s WHERE %s)".formatted(table(schema), isNull)) != 0;
  }

  private String missing(String in, String from, List<String> key) {
    return "SELECT count(*) FROM %s AS a WHERE NOT EXISTS (SELECT 1 FROM %s AS b WHERE %s)"
        .formatted(table(in), table(from), sameKey(key));
  }

  private String changed(List<String> columns, List<String> key) {
    return "SELECT count(*) FROM %s AS a JOIN %s AS b ON %s WHERE %s"
        .formatted(table("main"), table("old"), sameKey(key), anyDiffers(columns));
  }

  private static String sameKey(List<String> key) {
    return joined(key, " AND ", column -> "b.%1$s = a.%1$s".formatted(quoted(column)));
  }

  // Halved again and again: SQLite bounds how deep an expression is.
  private static String anyDiffers(List<String> columns) {
    if (columns.size() > 1) {
      int half = columns.size() / 2;
      return "(%s OR %s)"
          .formatted(
              anyDiffers(columns.subList(0, half)),
              anyDiffers(columns.subList(half, columns.size())));
    }
    // Not what the column takes for equal: byte by byte, and of the same type.
    return "typeof(a.%1$s) <> typeof(b.%1$s) OR a.%1$s IS NOT b.%1$s COLLATE BINARY"
        .formatted(quoted(columns.getFirst()));
  }

  private static String joined(List<String> columns, String by, Function<String, String> one) {
    return columns.stream().map(one).collect(Collectors.joining(by));
  }

  private String table(String schema) {
    return schema + "." + quoted(name);
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private long count(String schema) throws SQLException {
    return number("SELECT count(*) FROM " + table(schema));
  }

  private long number(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  static boolean exists(Connection connection, String schema, String table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT 1 FROM pragma_table_list WHERE schema = ? AND name = ? COLLATE NOCASE")) {
      statement.setString(1, schema);
      statement.setString(2, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  // Null if there is no such table.
  private @Nullable Columns columns(String schema) throws SQLException {
    if (!exists(connection, schema, name)) {
      return null;
    }
    List<String> key = new ArrayList<>();
    Set<String> stored = new LinkedHashSet<>();
    Set<String> all = new LinkedHashSet<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT name, pk, hidden FROM pragma_table_xinfo(?, ?) ORDER BY pk, cid")) {
      statement.setString(1, name);
      statement.setString(2, schema);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String column = lowerAscii(row.getString(1));
          all.add(column);
          if (row.getInt(2) > 0) {
            key.add(column);
          }
          if (row.getInt(3) == 0) {
            stored.add(column);
          }
        }
      }
    }
    return new Columns(List.copyOf(key), stored, all, !isWithoutRowid(schema));
  }

  // As SQLite compares names: the case of other letters counts.
  private static String lowerAscii(String name) {
    StringBuilder lower = new StringBuilder(name.length());
    name.chars().forEach(c -> lower.append((char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)));
    return lower.toString();
  }

  private boolean isWithoutRowid(String schema) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT wr FROM pragma_table_list WHERE schema = ? AND name = ? COLLATE NOCASE")) {
      statement.setString(1, schema);
      statement.setString(2, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getInt(1) != 0;
      }
    }
  }
}
