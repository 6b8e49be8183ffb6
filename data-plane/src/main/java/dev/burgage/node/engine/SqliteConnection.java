package dev.burgage.node.engine;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.protocol.binding.SqlLimits;
import dev.burgage.protocol.error.ErrorCode;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/// One SQLite connection with its prepared statements. Used by one thread at a time.
///
/// Tenant SQL goes through `prepareStatement` only: `Statement.execute` has a parser of its own for
/// `backup to` and `restore from`, which read and write any file.
final class SqliteConnection implements AutoCloseable {
  private static final int CACHED_STATEMENTS_MAX = 32;
  // Each takes 56 bytes of its statement for as long as that is kept.
  private static final int CACHED_PARAMETERS_MAX = 1_000;
  private static final String CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)";
  private static final String CHECKPOINT_WAITING = "PRAGMA wal_checkpoint(TRUNCATE)";
  private static final int LOG_FRAMES = 2;
  private static final int MOVED_FRAMES = 3;

  private final GuardedConnection guarded;
  private final SQLiteConnection connection;
  private final RequestTurn turn;
  private final Watchdog watchdog;
  private final boolean keepsLog;
  private final Map<String, MeteredStatement> statements =
      new LinkedHashMap<>(CACHED_STATEMENTS_MAX, 0.75f, /* accessOrder= */ true);
  // Apart from the others: what was prepared for us must never be found by a tenant's text.
  private final Map<String, CachedStatement> ownStatements = new HashMap<>();

  private int valueBytesMax = ValueBudget.VALUE_BYTES_MAX;
  private SqlLimits limits = SqlLimits.DEFAULT;
  private long lastNumber;

  /// @param guarded open, with its pragmas
  SqliteConnection(GuardedConnection guarded, RequestTurn turn, Watchdog watchdog) {
    this.guarded = guarded;
    this.connection = guarded.jdbc();
    this.turn = turn;
    this.watchdog = watchdog;
    this.keepsLog = guarded.keepLogOnClose();
    watchdog.add(turn);
  }

  /// Whether SQLite leaves the write-ahead log as it is when this is the last connection that
  /// closes.
  boolean keepsLog() {
    return keepsLog;
  }

  /// Moves the write-ahead log into the database and waits for the disk, as far as no reader needs
  /// the database as it was.
  ///
  /// @param wait for readers, up to the busy timeout
  /// @return whether all of it was moved
  boolean checkpoint(boolean wait) throws SQLException {
    command("PRAGMA synchronous=FULL");
    try {
      return own(wait ? CHECKPOINT_WAITING : CHECKPOINT, SqliteConnection::checkpointed) == 1;
    } finally {
      command("PRAGMA synchronous=OFF");
    }
  }

  private static long checkpointed(CachedStatement pragma) throws SQLException {
    pragma.statement().execute();
    try (ResultSet row = pragma.statement().getResultSet()) {
      // Also where it could not wait for readers any longer: all was moved before that.
      int frames = row.getInt(LOG_FRAMES);
      return frames >= 0 && frames == row.getInt(MOVED_FRAMES) ? 1 : 0;
    }
  }

  /// For our own and operators' SQL: lifts the limits of tenant SQL, all but those of attached
  /// files and threads, and gives the connection as JDBC knows it, in auto-commit mode and with
  /// nothing allowed.
  GuardedConnection liftLimits() throws SQLException {
    TenantLimit.lift(connection);
    connection.getConnectionConfig().setAutoCommit(true);
    guarded.permit(Policy.NOBODY);
    return guarded;
  }

  /// Whether [#enforceForeignKeys] can be called.
  boolean canSwitchForeignKeys() {
    return guarded.reachesSqlite();
  }

  /// In the midst of a transaction, too.
  void enforceForeignKeys(boolean on) throws SQLException {
    guarded.enforceForeignKeys(on);
  }

  /// Sets the limits of tenant SQL.
  void setLimits() throws SQLException {
    // Only the flag: without it the driver tries BEGIN and COMMIT after every statement.
    connection.getConnectionConfig().setAutoCommit(false);
    TenantLimit.set(connection, limits);
    valueBytesMax = ValueBudget.VALUE_BYTES_MAX;
  }

  /// Sets the pool's limits, between two requests.
  void limit(SqlLimits pool) throws SQLException {
    if (!pool.equals(limits)) {
      limits = pool;
      setLimits();
      forgetStatements(); // SQLite looks at most limits only when it prepares
    }
  }

  /// From now until [#end()] a tenant's statements may run, and the watchdog looks after them.
  void begin(Slot slot, long deadlineNanos) {
    begin(slot, deadlineNanos, Policy.TENANT);
  }

  /// As [#begin(Slot, long)], for statements that may do less or other than a tenant's usually may.
  void begin(Slot slot, long deadlineNanos, Policy policy) {
    turn.begin(slot, deadlineNanos);
    guarded.beginRequest();
    guarded.permit(policy);
  }

  /// Whether a statement of this request failed because only reading was allowed.
  boolean isWriteRefused(Exception failure) {
    return guarded.isWriteRefused()
        || (failure instanceof SQLException e && StatementFailedException.isReadOnly(e));
  }

  /// This is about to run, between [#begin] and [#end()]: if the process dies of it, the next one
  /// knows.
  void running(String sql) {
    turn.running(sql);
  }

  /// @return whether the statements were interrupted because their time was over
  boolean end() {
    guarded.permit(Policy.NOBODY);
    return turn.end();
  }

  /// Runs one of our own statements that gives no rows.
  void command(String sql) throws SQLException {
    own(sql, statement -> run(statement, List.of(), /* sink= */ null));
  }

  /// Runs one of our own statements that gives one number.
  long number(String sql) throws SQLException {
    return own(
        sql,
        cached -> {
          cached.statement().execute();
          try (ResultSet rows = cached.statement().getResultSet()) {
            return rows.next() ? rows.getLong(1) : 0;
          }
        });
  }

  @FunctionalInterface
  private interface Call {
    long run(CachedStatement statement) throws SQLException;
  }

  private long own(String sql, Call call) throws SQLException {
    Policy before = guarded.permit(Policy.TRUSTED);
    try {
      limitValues(ValueBudget.VALUE_BYTES_MAX);
      CachedStatement statement = ownStatements.get(sql);
      if (statement == null) {
        statement = new CachedStatement(connection.prepareStatement(sql));
        ownStatements.put(sql, statement);
      }
      return call.run(statement);
    } catch (SQLException | RuntimeException e) {
      forget(ownStatements, sql); // the driver finalizes a statement that failed
      throw e;
    } finally {
      guarded.permit(before);
    }
  }

  /// Rows inserted, updated and deleted since the connection was opened, by triggers too.
  long totalChanges() throws SQLException {
    return connection.getDatabase().total_changes();
  }

  /// Runs a statement that is not the last of its script: its rows are dropped, and it has no
  /// parameters.
  void executeLeading(String sql) throws SQLException {
    running(sql);
    if (metered(sql).parameters() != 0) {
      throw new StatementFailedException(
          ErrorCode.SQL_ERROR,
          "When executing multiple SQL statements in a single call, only the last statement can"
              + " have parameters.");
    }
    execute(sql, List.of(), /* sink= */ null);
  }

  /// Asks SQLite whether a statement may run, without running it.
  void prepare(String sql) throws SQLException {
    running(sql);
    metered(sql);
  }

  /// Runs a statement to its end.
  ///
  /// @param sink takes columns and rows, or null to drop them
  Effort execute(String sql, List<@Nullable Object> parameters, @Nullable ResultSink sink)
      throws SQLException {
    running(sql);
    MeteredStatement statement = metered(sql);
    if (statement.parameters() != parameters.size()) {
      throw new StatementFailedException(
          ErrorCode.SQL_ERROR, "Wrong number of parameter bindings for SQL query.");
    }
    try {
      limitValues(statement.valueBytesMax());
      long rows = run(statement, parameters, sink);
      Effort effort = statement.takeEffort(rows, rows == 1 ? lastNumber : 0);
      if (parameters.size() > CACHED_PARAMETERS_MAX) {
        forget(statements, sql);
      }
      return effort;
    } catch (SQLException | RuntimeException e) {
      forget(statements, sql); // the driver finalizes a statement that failed
      throw e;
    }
  }

  /// Runs a statement of a load to its end: it will not come again, and its rows are dropped.
  Effort executeOnce(String sql, Programs programs) throws SQLException {
    running(sql);
    limitValues(ValueBudget.VALUE_BYTES_MAX);
    String shape = LiteralInsert.shape(sql);
    if (shape != null) {
      // Of other statements SQLite makes many times their length of memory.
      TenantLimit.SQL_LENGTH.set(connection, Load.STATEMENT_LENGTH_MAX);
    }
    MeteredStatement statement;
    try {
      statement = prepare(sql, () -> programs.of(connection, sql, shape));
    } finally {
      TenantLimit.SQL_LENGTH.set(connection);
    }
    try {
      return runOnce(statement);
    } finally {
      statement.close();
    }
  }

  private Effort runOnce(MeteredStatement statement) throws SQLException {
    if (statement.parameters() != 0) {
      throw new StatementFailedException(
          ErrorCode.SQL_ERROR, "Wrong number of parameter bindings for SQL query.");
    }
    limitValues(statement.valueBytesMax());
    return statement.takeEffort(run(statement, List.of(), /* sink= */ null), /* single= */ 0);
  }

  private long run(
      CachedStatement cached, List<@Nullable Object> parameters, @Nullable ResultSink sink)
      throws SQLException {
    PreparedStatement statement = cached.statement();
    bind(statement, parameters);
    if (statement.execute()) {
      try (ResultSet rows = statement.getResultSet()) {
        return readRows(rows, cached.columns(rows), sink);
      }
    }
    if (sink != null) {
      sink.begin(List.of());
    }
    return 0;
  }

  private static void bind(PreparedStatement statement, List<@Nullable Object> parameters)
      throws SQLException {
    for (int i = 0; i < parameters.size(); i++) {
      switch (parameters.get(i)) {
        case null -> statement.setNull(i + 1, java.sql.Types.NULL);
        case Long number -> statement.setLong(i + 1, number);
        case Double number -> bindReal(statement, i + 1, number);
        case String text -> statement.setString(i + 1, text);
        case byte[] bytes -> statement.setBytes(i + 1, bytes);
        case Object other ->
            throw new IllegalArgumentException("no SQLite type for " + other.getClass());
      }
    }
  }

  // As D1 does: what is not a finite number is NULL, and there is no negative zero.
  private static void bindReal(PreparedStatement statement, int index, double number)
      throws SQLException {
    if (Double.isFinite(number)) {
      statement.setDouble(index, number + 0.0);
    } else {
      statement.setNull(index, java.sql.Types.NULL);
    }
  }

  private long readRows(ResultSet rows, List<String> columns, @Nullable ResultSink sink)
      throws SQLException {
    if (sink != null) {
      sink.begin(columns);
    }
    long count = 0;
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    while (rows.next()) {
      count++;
      if (sink != null) {
        for (int i = 0; i < values.length; i++) {
          values[i] = value(rows, i + 1);
        }
        lastNumber = values[0] instanceof Long number ? number : 0;
        sink.row(values);
      }
    }
    return count;
  }

  private static @Nullable Object value(ResultSet rows, int column) throws SQLException {
    Object value = rows.getObject(column);
    return value instanceof Integer number ? (Long) number.longValue() : value;
  }

  private MeteredStatement metered(String sql) throws SQLException {
    MeteredStatement known = statements.get(sql);
    if (known != null) {
      return known;
    }
    limitValues(ValueBudget.VALUE_BYTES_MAX);
    MeteredStatement prepared = prepare(sql, () -> Program.of(connection, sql));
    if (statements.size() >= CACHED_STATEMENTS_MAX) {
      var eldest = statements.entrySet().iterator();
      eldest.next().getValue().close();
      eldest.remove();
    }
    statements.put(sql, prepared);
    return prepared;
  }

  private void limitValues(int bytes) throws SQLException {
    if (bytes != valueBytesMax) {
      connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, bytes);
      valueBytesMax = bytes;
    }
  }

  private MeteredStatement prepare(String sql, Supplier<Program> program) throws SQLException {
    PreparedStatement statement = prepared(sql);
    try {
      return new MeteredStatement(statement, guarded.counters(), program.get(), limits);
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  // Only of a statement that was refused just now SQLite knows where it is wrong.
  private PreparedStatement prepared(String sql) throws SQLException {
    try {
      return connection.prepareStatement(sql);
    } catch (SQLException e) {
      int offset = guarded.errorOffset();
      if (offset < 0) {
        throw e;
      }
      throw StatementFailedException.of(e, offset);
    }
  }

  private static void forget(Map<String, ? extends CachedStatement> statements, String sql)
      throws SQLException {
    CachedStatement cached = statements.remove(sql);
    if (cached != null) {
      cached.close();
    }
  }

  /// Drops the prepared statements of others: after a change of the schema their columns are no
  /// longer right.
  void forgetStatements() throws SQLException {
    for (CachedStatement cached : statements.values()) {
      cached.close();
    }
    statements.clear();
  }

  @Override
  public void close() throws SQLException {
    watchdog.remove(turn);
    turn.end();
    guarded.close();
  }
}
