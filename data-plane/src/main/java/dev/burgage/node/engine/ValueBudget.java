package dev.burgage.node.engine;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import org.sqlite.SQLiteConnection;

/// How long a value may be in a statement, so that all values that it can hold at once stay within
/// a budget. SQLite bounds each value but not their sum: `max(randomblob(4000000), …)` with a
/// thousand arguments took 4 GB, and no interrupt stops it. Stateless.
///
/// SQLite itself is asked (`EXPLAIN`) how many of a program's steps make a value: only it sees what
/// views, triggers and named queries multiply. Short statements that use none are not worth the
/// question.
final class ValueBudget {
  /// workerd's limit of one value.
  static final int VALUE_BYTES_MAX = 4 * 1024 * 1024;

  private static final long STATEMENT_BYTES_MAX = 256L * 1024 * 1024;
  private static final int VALUE_BYTES_LEAST = 16 * 1024;
  private static final int SHORT_CHARACTERS = 200;
  // A trigger's program has registers of its own, and may run inside itself.
  private static final int TRIGGER_DEPTH_MAX = 10;

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

  private ValueBudget() {}

  /// @param indirect whether views or triggers belong to the statement
  /// @return the most bytes that one value may have while it runs
  static int valueBytesMax(SQLiteConnection connection, String sql, boolean indirect) {
    if (sql.length() <= SHORT_CHARACTERS && !indirect) {
      return VALUE_BYTES_MAX;
    }
    long share = STATEMENT_BYTES_MAX / Math.max(1, valuesMade(connection, sql));
    return Math.clamp(share, VALUE_BYTES_LEAST, VALUE_BYTES_MAX);
  }

  private static long valuesMade(SQLiteConnection connection, String sql) {
    long values = 0;
    boolean triggers = false;
    try (PreparedStatement statement = connection.prepareStatement("EXPLAIN " + sql);
        ResultSet steps = statement.executeQuery()) {
      while (steps.next()) {
        String operation = steps.getString(2);
        values += MAKING.contains(operation) ? 1 : 0;
        triggers |= operation.equals("Program");
      }
    } catch (SQLException e) {
      return explains(sql) ? 0 : Long.MAX_VALUE; // EXPLAIN of what can't be explained
    }
    return triggers ? values * TRIGGER_DEPTH_MAX : values;
  }

  private static boolean explains(String sql) {
    return sql.stripLeading().regionMatches(/* ignoreCase= */ true, 0, "EXPLAIN", 0, 7);
  }
}
