package dev.burgage.node.engine;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.node.sql.Access;
import dev.burgage.node.sql.Script;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/// One load on the writer, from after its BEGIN to its COMMIT. For one thread.
final class LoadRun {
  private static final long OTHERS_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(6);

  private final SqliteDatabase database;
  private final SqliteConnection connection;
  private final LongFunction<Slot> slots;
  private final Programs programs = new Programs();
  private final long started = System.nanoTime();
  private long statements;
  private long rows;

  /// @param slots gives a slot before a deadline
  LoadRun(SqliteDatabase database, SqliteConnection connection, LongFunction<Slot> slots) {
    this.database = database;
    this.connection = connection;
    this.slots = slots;
  }

  /// @param others is called now and then once others have waited for long
  /// @throws StatementFailedException if it failed; the transaction is to be rolled back then
  Load.Loaded run(Load load, Runnable others) throws SQLException {
    trusted(load.around()::before);
    long before = connection.totalChanges();
    try {
      for (Script script = load.next(); script != null; script = load.next()) {
        execute(script);
        if (System.nanoTime() - started > OTHERS_WAIT_NANOS) {
          others.run();
        }
      }
    } catch (IOException e) {
      throw new StatementFailedException(
          ErrorCode.INTERNAL, "The file could not be read: " + e.getMessage());
    }
    long changes = connection.totalChanges() - before;
    trusted(load.around()::after);
    long rowId = connection.number("SELECT last_insert_rowid()");
    commit();
    if (changes != 0) {
      database.setLastRowId(rowId);
    }
    double millis = (System.nanoTime() - started) / 1e6;
    return new Load.Loaded(
        database.bookmark(), statements, millis, changes, rowId, database.sizeBytes(), rows);
  }

  @FunctionalInterface
  private interface Step {
    void run(Connection connection) throws SQLException;
  }

  private void trusted(Step step) throws SQLException {
    GuardedConnection guarded = connection.liftLimits();
    try {
      guarded.as(
          Policy.TRUSTED,
          jdbc -> {
            step.run(jdbc);
            return true;
          });
    } finally {
      connection.setLimits();
    }
  }

  private void commit() throws SQLException {
    database.beforeCommit();
    database.commits().requireRoomForAll();
    try {
      connection.command("COMMIT");
    } catch (SQLException e) {
      throw database.commits().failure(e); // a deferred foreign key, say
    }
    database.committed(database.sizeOf(connection), /* schemaChanged= */ true, /* mayWait= */ true);
    connection.forgetStatements();
    database.commits().awaitDurable();
  }

  private void execute(Script script) throws SQLException {
    if (System.nanoTime() - started > LONGEST_NANOS) {
      throw new StatementFailedException(
          ErrorCode.STATEMENT_TIMEOUT, StatementFailedException.TIMEOUT);
    }
    long deadline =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(database.limits().statementMillisMax());
    Slot slot = slots.apply(deadline);
    connection.begin(slot, deadline);
    try {
      for (String statement : script.statements()) {
        rows += connection.executeOnce(statement, programs).rowsRead();
        statements++;
      }
      if (script.access() == Access.ALONE) {
        programs.forget();
      }
      connection.end();
    } catch (SQLException e) {
      throw database.failure(e, connection.end());
    } finally {
      connection.end();
      slot.leave();
    }
  }
}
