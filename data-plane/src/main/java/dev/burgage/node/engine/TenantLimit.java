package dev.burgage.node.engine;

import dev.burgage.protocol.binding.SqlLimits;
import java.sql.SQLException;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/// What tenant SQL may use at most of SQLite's run-time limits. Three of them a pool may set:
/// [SqlLimits].
///
/// Source: workerd, src/workerd/util/sqlite.c++. `SQLITE_LIMIT_PAGE_COUNT` of the driver is not one
/// of SQLite's (its number is the parser's depth): a database's size is held by `max_page_count`.
enum TenantLimit {
  ATTACHED(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0, 0),
  WORKER_THREADS(SQLiteLimits.SQLITE_LIMIT_WORKER_THREADS, 0, 0),
  LENGTH(SQLiteLimits.SQLITE_LIMIT_LENGTH, ValueBudget.VALUE_BYTES_MAX),
  SQL_LENGTH(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, 100_000),
  COLUMN(SQLiteLimits.SQLITE_LIMIT_COLUMN, SqlLimits.DEFAULT.columnsMax()),
  EXPRESSION_DEPTH(SQLiteLimits.SQLITE_LIMIT_EXPR_DEPTH, 100),
  COMPOUND_SELECT(SQLiteLimits.SQLITE_LIMIT_COMPOUND_SELECT, 5),
  OPERATIONS(SQLiteLimits.SQLITE_LIMIT_VDBE_OP, 25_000),
  FUNCTION_ARGUMENTS(SQLiteLimits.SQLITE_LIMIT_FUNCTION_ARG, 127),
  LIKE_PATTERN_LENGTH(
      SQLiteLimits.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, SqlLimits.DEFAULT.patternBytesMax()),
  VARIABLES(SQLiteLimits.SQLITE_LIMIT_VARIABLE_NUMBER, SqlLimits.DEFAULT.parametersMax()),
  TRIGGER_DEPTH(SQLiteLimits.SQLITE_LIMIT_TRIGGER_DEPTH, 10);

  private static final int UNCHANGED = -1;

  private final SQLiteLimits id;
  private final int tenant;
  private final int lifted;

  TenantLimit(SQLiteLimits id, int tenant) {
    this(id, tenant, Integer.MAX_VALUE); // SQLite cuts it to its compiled maximum
  }

  TenantLimit(SQLiteLimits id, int tenant, int lifted) {
    this.id = id;
    this.tenant = tenant;
    this.lifted = lifted;
  }

  static void set(SQLiteConnection connection, SqlLimits pool) throws SQLException {
    for (TenantLimit limit : values()) {
      connection.setLimit(limit.id, limit.of(pool));
    }
  }

  private int of(SqlLimits pool) {
    return switch (this) {
      case COLUMN -> pool.columnsMax();
      case LIKE_PATTERN_LENGTH -> pool.patternBytesMax();
      case VARIABLES -> pool.parametersMax();
      default -> tenant;
    };
  }

  /// What it is set to now.
  int get(SQLiteConnection connection) throws SQLException {
    return connection.getDatabase().limit(id.getId(), UNCHANGED);
  }

  /// Sets it to something else than that of tenant SQL.
  void set(SQLiteConnection connection, int value) throws SQLException {
    connection.setLimit(id, value);
  }

  void set(SQLiteConnection connection) throws SQLException {
    set(connection, tenant);
  }

  static void lift(SQLiteConnection connection) throws SQLException {
    for (TenantLimit limit : values()) {
      connection.setLimit(limit.id, limit.lifted);
    }
  }
}
