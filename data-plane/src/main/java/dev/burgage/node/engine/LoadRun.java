package dev.burgage.node.engine;

import dev.burgage.d1.D1Meta;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.script.Pragma;
import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.node.sql.Access;
import dev.burgage.node.sql.Script;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One load on the writer, from after its BEGIN to its COMMIT. For one thread.
final class LoadRun {
  private static final long OTHERS_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(6);

  private static final String BROKEN_REFERENCE =
      "SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1";

  private final SqliteDatabase database;
  private final SqliteConnection connection;
  private final LongFunction<Slot> slots;
  private final Programs programs = new Programs();
  private final long started = System.nanoTime();
  private long statements;
  private long rows;
  private boolean isEnforced = true;
  private boolean isLoosened;

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
      executeAll(load, others);
    } catch (IOException e) {
      throw new StatementFailedException(
          ErrorCode.INTERNAL, "The file could not be read: " + e.getMessage());
    } finally {
      enforceForeignKeys(true);
    }
    if (isLoosened) {
      requireReferences();
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

  private void executeAll(Load load, Runnable others) throws IOException, SQLException {
    boolean mayBeOff = load.around().takesForeignKeysOff() && connection.canSwitchForeignKeys();
    for (Script script = load.next(); script != null; script = load.next()) {
      execute(script);
      if (mayBeOff && switchesForeignKeysOff(script)) {
        enforceForeignKeys(false);
      }
      if (System.nanoTime() - started > OTHERS_WAIT_NANOS) {
        others.run();
      }
    }
  }

  private static boolean switchesForeignKeysOff(Script script) {
    return script.setsPragma()
        && script.statements().stream()
            .flatMap(statement -> Stream.ofNullable(Pragma.of(statement)))
            .anyMatch(Pragma::switchesForeignKeysOff);
  }

  private void enforceForeignKeys(boolean on) throws SQLException {
    if (on == isEnforced) {
      return;
    }
    connection.enforceForeignKeys(on);
    isEnforced = on;
    isLoosened |= !on;
  }

  // The tables are the tenant's, so what they compute is bound as its statements are; but all rows
  // of a large database take longer than one of them may.
  private void requireReferences() throws SQLException {
    execute(
        started + LONGEST_NANOS,
        () -> connection.execute(BROKEN_REFERENCE, List.of(), new NoBrokenReference()));
    connection.command("PRAGMA defer_foreign_keys = OFF"); // what was counted before is right now
  }

  private static final class NoBrokenReference implements ResultSink {
    @Override
    public void begin(List<String> columns) {
      // nothing
    }

    @Override
    public void row(@Nullable Object[] values) {
      throw new StatementFailedException(
          ErrorCode.SQL_ERROR,
          "FOREIGN KEY constraint failed: a row of table \"%s\" refers to no row of table \"%s\":"
                  .formatted(values)
              + " SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)");
    }

    @Override
    public void end(D1Meta meta) {
      // nothing
    }
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
    execute(
        deadline,
        () -> {
          for (String statement : script.statements()) {
            rows += connection.executeOnce(statement, programs).rowsRead();
            statements++;
          }
          if (script.access() == Access.ALONE) {
            programs.forget();
          }
        });
  }

  @FunctionalInterface
  private interface Work {
    void run() throws SQLException;
  }

  /// Runs statements as a tenant's.
  private void execute(long deadlineNanos, Work work) throws SQLException {
    Slot slot = slots.apply(deadlineNanos);
    connection.begin(slot, deadlineNanos);
    try {
      work.run();
      connection.end();
    } catch (SQLException e) {
      throw database.failure(e, connection.end());
    } finally {
      connection.end();
      slot.leave();
    }
  }
}
