package dev.burgage.node.engine;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import org.sqlite.SQLiteConnection;

/// What is counted in the program that SQLite makes of a statement. SQLite itself is asked
/// (`EXPLAIN`): only it sees what views, triggers and named queries multiply.
///
/// @param values steps that make a value
/// @param positions steps that look a row up or go to a first or last one
/// @param inserts steps that write a row of a table
/// @param indexInserts steps that write an entry of an index
/// @param triggers whether it runs programs of triggers
/// @param counts whether it takes the number of rows from the table's root, without reading them
/// @param quadratic whether it calls a function whose time is a product of its arguments' lengths,
///   which nothing stops
/// @param patterns whether it compares with patterns of LIKE or GLOB
record Program(
    long values,
    int positions,
    int inserts,
    int indexInserts,
    boolean triggers,
    boolean counts,
    boolean quadratic,
    boolean patterns) {
  private static final String EXPLAIN = "EXPLAIN ";
  private static final Program NONE = new Program(0, 0, 0, 0, false, false, false, false);
  private static final Program UNKNOWN =
      new Program(Long.MAX_VALUE, 0, 0, 0, false, false, true, true);

  /// As EXPLAIN shows them.
  private static final Set<String> QUADRATIC = Set.of("json_patch(2)", "jsonb_patch(2)");

  private static final Set<String> PATTERNS = Set.of("like(2)", "like(3)", "glob(2)");

  private static final Set<String> MAKING =
      Set.of(
          "AggFinal",
          "AggValue",
          "Cast",
          "Column",
          "Concat",
          "Copy",
          "Function",
          "MakeRecord",
          "PureFunc",
          "RowData",
          "SorterData",
          "VColumn");

  /// Where workerd counts a row as read, apart from steps to the next one (patches/sqlite/0001).
  private static final Set<String> POSITIONING =
      Set.of("Last", "NotExists", "Rewind", "SeekGE", "SeekGT", "SeekLE", "SeekLT", "SeekRowid");

  static Program of(SQLiteConnection connection, String sql) {
    long values = 0;
    int positions = 0;
    int inserts = 0;
    int indexInserts = 0;
    boolean triggers = false;
    boolean counts = false;
    boolean quadratic = false;
    boolean patterns = false;
    try (PreparedStatement statement = explain(connection, sql);
        ResultSet steps = statement.executeQuery()) {
      while (steps.next()) {
        String step = steps.getString(2);
        values += MAKING.contains(step) ? 1 : 0;
        positions += POSITIONING.contains(step) ? 1 : 0;
        inserts += step.equals("Insert") ? 1 : 0;
        indexInserts += step.equals("IdxInsert") ? 1 : 0;
        triggers |= step.equals("Program");
        counts |= step.equals("Count");
        if (step.contains("Func")) {
          String function = Objects.requireNonNullElse(steps.getString("p4"), "");
          quadratic |= QUADRATIC.contains(function);
          patterns |= PATTERNS.contains(function);
        }
      }
    } catch (SQLException e) {
      return explains(sql) ? NONE : UNKNOWN; // EXPLAIN of what can't be explained
    }
    return new Program(
        values, positions, inserts, indexInserts, triggers, counts, quadratic, patterns);
  }

  // The word in front must not make a text too long that was not.
  private static PreparedStatement explain(SQLiteConnection connection, String sql)
      throws SQLException {
    int before = TenantLimit.SQL_LENGTH.get(connection);
    TenantLimit.SQL_LENGTH.set(connection, before + EXPLAIN.length());
    try {
      return connection.prepareStatement(EXPLAIN + sql);
    } finally {
      TenantLimit.SQL_LENGTH.set(connection, before);
    }
  }

  private static boolean explains(String sql) {
    return sql.stripLeading().regionMatches(/* ignoreCase= */ true, 0, "EXPLAIN", 0, 7);
  }

  /// Rows and index entries written for each changed row, on average.
  double writesPerChange() {
    if (inserts == 0) { // DELETE, where workerd counts rows only; or a table without rowid
      return Math.max(1, indexInserts);
    }
    return 1 + (double) indexInserts / inserts;
  }
}
