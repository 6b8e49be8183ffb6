package dev.burgage.node.engine;

import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.node.engine.Work.Step;
import dev.burgage.node.log.DatabaseLog.Recorded;
import dev.burgage.node.sql.Access;
import dev.burgage.protocol.Bookmark;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Writes that become one transaction with a savepoint each. A write that fails is answered at
/// once, the others when their commit is on the disk. For one thread.
final class WriteGroup {
  private static final int WRITES_MAX = 256;
  private static final long NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(5);

  private final SqliteDatabase database;
  private final Writer writer;
  private final LongFunction<Slot> slots;
  private final SqliteConnection connection;
  private final boolean mayWait;
  private final List<Write> executed = new ArrayList<>();

  /// A write that waits for its answer.
  record Write(Work work, CollectedResults results, CompletableFuture<Bookmark> done) {
    boolean alone() {
      return work.access() == Access.ALONE;
    }
  }

  /// Gives the next write of the queue that may be in the same transaction; null if there is none.
  @FunctionalInterface
  interface Next {
    @Nullable Write take();
  }

  /// @param connection the writer's, prepared
  /// @param slots gives a slot before a deadline
  /// @param mayWait whether this thread has nothing else to do than wait for the disk
  WriteGroup(
      SqliteDatabase database,
      Writer writer,
      SqliteConnection connection,
      LongFunction<Slot> slots,
      boolean mayWait) {
    this.database = database;
    this.writer = writer;
    this.connection = connection;
    this.slots = slots;
    this.mayWait = mayWait;
  }

  /// @throws SQLException if the transaction could not be begun; nothing was answered then
  void run(Write first, Next others) throws SQLException {
    Slot slot = slots.apply(first.work().deadlineNanos());
    boolean intact;
    try {
      connection.command("BEGIN IMMEDIATE");
      intact = execute(slot, first, others);
    } finally {
      slot.leave();
    }
    if (intact && !executed.isEmpty() && commit()) {
      return;
    }
    writer.rollback();
    // None of these was answered. Alone, each gets the answer that it deserves.
    for (Write write : List.copyOf(executed)) {
      runAlone(write);
    }
  }

  /// @return false if SQLite gave up the whole transaction because of one of the writes
  private boolean execute(Slot slot, Write first, Next others) throws SQLException {
    long started = System.nanoTime();
    if (!execute(slot, first)) {
      return false;
    }
    executed.add(first);
    int taken = 1;
    while (!first.alone() && taken < WRITES_MAX && System.nanoTime() - started <= NANOS_MAX) {
      Write next = others.take();
      if (next == null) {
        return true;
      }
      taken++;
      connection.command("SAVEPOINT w");
      if (execute(slot, next)) {
        connection.command("RELEASE w");
        executed.add(next);
      } else if (!rolledBackToSavepoint()) {
        return false;
      }
    }
    return true;
  }

  // SQLite rolls the whole transaction back by itself on some errors (disk full, interrupt).
  private boolean rolledBackToSavepoint() {
    try {
      connection.command("ROLLBACK TO w");
      connection.command("RELEASE w");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private boolean commit() throws SQLException {
    database.beforeCommit();
    long size = database.sizeOf(connection);
    try {
      connection.command("COMMIT");
    } catch (SQLException e) {
      if (executed.size() == 1) {
        executed.removeFirst().done().completeExceptionally(database.commits().failure(e));
      }
      return false;
    }
    boolean schemaChanged = executed.getFirst().work().changesSchema();
    Recorded recorded = database.committed(size, schemaChanged, mayWait);
    for (Write write : executed) {
      write.results().setSizeAfter(database.sizeBytes());
    }
    if (schemaChanged) {
      connection.forgetStatements();
    }
    answerWhenDurable(List.copyOf(executed), recorded);
    executed.clear();
    return true;
  }

  private static void answerWhenDurable(List<Write> writes, Recorded recorded) {
    var _ = recorded.durable().whenComplete((_, failure) -> answer(writes, recorded, failure));
  }

  private static void answer(List<Write> writes, Recorded recorded, @Nullable Throwable failure) {
    for (Write write : writes) {
      if (failure == null) {
        write.done().complete(recorded.bookmark());
      } else {
        write.done().completeExceptionally(Commits.refusal(failure));
      }
    }
  }

  private void runAlone(Write write) {
    executed.clear();
    try {
      Slot slot = slots.apply(write.work().deadlineNanos());
      try {
        connection.command("BEGIN IMMEDIATE");
        if (execute(slot, write)) {
          executed.add(write);
        }
      } finally {
        slot.leave();
      }
      if (executed.isEmpty() || !commit()) {
        writer.rollback();
      }
    } catch (SQLException | RuntimeException e) {
      writer.rollback();
      write.done().completeExceptionally(e);
    }
  }

  // Whether all statements ran; if not, the write is answered with the failure.
  private boolean execute(Slot slot, Write write) {
    write.results().clear();
    write.work().memory().answerAnew();
    ResultSink sink = new CountedSink(write.results(), write.work().memory());
    connection.begin(slot, write.work().deadlineNanos());
    try {
      database.refusal().check();
      for (Step step : write.work().steps()) {
        execute(step, sink);
      }
      connection.end();
      return true;
    } catch (SQLException e) {
      write.done().completeExceptionally(database.failure(e, connection.end()));
      return false;
    } catch (RuntimeException e) {
      connection.end();
      write.done().completeExceptionally(e);
      return false;
    }
  }

  private void execute(Step step, ResultSink sink) throws SQLException {
    long start = System.nanoTime();
    long before = connection.totalChanges();
    long schemaBefore = schemaVersion(step);
    Effort effort = SqliteDatabase.runStep(connection, step, sink);
    long changes = connection.totalChanges() - before;
    boolean changedDb = changes != 0 || schemaVersion(step) != schemaBefore;
    long rowId = database.lastRowId();
    if (changes != 0) {
      rowId = connection.number("SELECT last_insert_rowid()");
      database.setLastRowId(rowId);
    }
    sink.end(database.meta(start, changes, rowId, changedDb, effort));
  }

  // Asked only where it may change: CREATE TABLE IF NOT EXISTS may have found its table.
  private long schemaVersion(Step step) throws SQLException {
    return step.script().changesSchema() ? connection.number("PRAGMA schema_version") : 0;
  }
}
