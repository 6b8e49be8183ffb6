package dev.burgage.node.engine;

import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.core.DB;

/// SQLite's backup API on a connection of ours, in one step: page by page, nothing in between.
public final class SqliteCopy {
  private static final int ALL_PAGES = -1;
  private static final int BUSY_MILLIS = 10;
  private static final int BUSY_TIMES_MAX = 1_000;

  private SqliteCopy() {}

  /// Copies what a connection sees, on which our own statements are allowed, into a new file.
  public static int to(DB database, Path file) throws SQLException {
    return database.backup(
        "main", file.toString(), /* observer= */ null, BUSY_MILLIS, BUSY_TIMES_MAX, ALL_PAGES);
  }

  /// The driver gives SQLite's code and throws nothing.
  public static void require(int code, String what) throws SQLException {
    if (code != 0) {
      throw new SQLException(
          "the database could not be %s: %s".formatted(what, SQLiteErrorCode.getErrorCode(code)),
          null,
          code);
    }
  }
}
