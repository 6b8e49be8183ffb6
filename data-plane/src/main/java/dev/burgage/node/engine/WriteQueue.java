package dev.burgage.node.engine;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.node.engine.SqliteDatabase.ExclusiveTask;
import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.node.engine.Work.Step;
import dev.burgage.node.sql.Access;
import dev.burgage.protocol.error.ErrorCode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The writes of one database, in the order in which they came. While one group of them is made
/// durable the next one gathers, and becomes one transaction with a savepoint each: one fsync for
/// all. A write is answered after the commit that holds it. Thread-safe; see DESIGN.md of this
/// package.
final class WriteQueue {
  private static final Logger LOG = LoggerFactory.getLogger(WriteQueue.class);
  private static final int QUEUED_MAX = 4_096;
  private static final int GROUP_MAX = 256;
  private static final int GROUPS_PER_TURN_MAX = 16;
  private static final long GROUP_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(5);
  private static final String EXCLUSIVE = "(a migration or transfer)";
  private static final long EXCLUSIVE_NANOS_MAX = TimeUnit.HOURS.toNanos(1);

  private final SqliteDatabase database;
  private final EngineSettings settings;
  private final Queue<Task> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  // Touched by the turn only, of which there is one at a time.
  private @Nullable SqliteConnection writer;
  private long sizeBytesMaxSet;

  WriteQueue(SqliteDatabase database, EngineSettings settings) {
    this.database = database;
    this.settings = settings;
  }

  private sealed interface Task {
    CompletableFuture<?> done();
  }

  private record Write(Work work, CollectedResults results, CompletableFuture<Bookmark> done)
      implements Task {
    boolean alone() {
      return work.access() == Access.ALONE;
    }
  }

  private record Exclusive<T>(ExclusiveTask<T> task, CompletableFuture<T> done) implements Task {
    /// @return gives the answer
    Runnable run(GuardedConnection connection) throws SQLException {
      T result = task.run(connection);
      return () -> done.complete(result);
    }
  }

  private record Bulk(Load load, CompletableFuture<Load.Loaded> done) implements Task {}

  /// Blocks until all of the load is durable or it has failed.
  Load.Loaded load(Load load) {
    Bulk bulk = new Bulk(load, new CompletableFuture<>());
    submit(bulk);
    return join(bulk.done());
  }

  /// Blocks until the work is durable or has failed.
  ///
  /// @return the bookmark of the commit
  Bookmark run(Work work, CollectedResults results) {
    Write write = new Write(work, results, new CompletableFuture<>());
    submit(write);
    return join(write.done());
  }

  /// Blocks until the task has ended.
  <T> T exclusively(ExclusiveTask<T> task) {
    Exclusive<T> exclusive = new Exclusive<>(task, new CompletableFuture<>());
    submit(exclusive);
    return join(exclusive.done());
  }

  private void submit(Task task) {
    if (queued.get() >= QUEUED_MAX) {
      throw new StatementFailedException(
          ErrorCode.OVERLOADED, "D1 DB is overloaded. Too many requests queued.");
    }
    queue.add(task);
    if (queued.getAndIncrement() == 0) {
      settings.writers().execute(this::turn);
    }
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw switch (e.getCause()) {
        case StatementFailedException failure -> failure;
        case SQLException failure -> StatementFailedException.of(failure);
        case RuntimeException failure -> failure;
        case null, default -> e;
      };
    }
  }

  // A busy database gives the thread back now and then, so that others get their turn.
  private void turn() {
    for (int i = 0; i < GROUPS_PER_TURN_MAX; i++) {
      if (queued.addAndGet(-runNext()) == 0) {
        return;
      }
    }
    settings.writers().execute(this::turn);
  }

  // The number of tasks that were taken off the queue, each of which is complete now.
  private int runNext() {
    List<Task> taken = new ArrayList<>();
    taken.add(queue.remove());
    try {
      SqliteConnection connection = preparedWriter();
      switch (taken.getFirst()) {
        case Exclusive<?> exclusive -> runExclusive(connection, exclusive);
        case Write write -> runGroup(connection, write, taken);
        case Bulk bulk -> runBulk(connection, bulk, taken);
      }
    } catch (SQLException | RuntimeException | Error e) {
      LOG.atDebug().setCause(e).log("A turn of a writer failed");
      if (writer != null) {
        rollback(writer); // else no later turn could begin a transaction
      }
      for (Task task : taken) {
        task.done().completeExceptionally(e); // of the tasks that are not complete yet
      }
    }
    if (mayHaveSetPragma(taken.getFirst())) {
      close();
    }
    return taken.size();
  }

  // A pragma holds until its transaction ends, but SQLite keeps most of them with the connection,
  // and not all can be set back: after case_sensitive_like no index on a LIKE can be read any more.
  private static boolean mayHaveSetPragma(Task task) {
    return switch (task) {
      case Write write -> write.work().setsPragma();
      case Bulk _ -> true;
      case Exclusive<?> _ -> false;
    };
  }

  private SqliteConnection preparedWriter() throws SQLException {
    SqliteConnection connection = writer;
    if (connection == null) {
      connection = database.openWriter();
      writer = connection;
    }
    connection.limit(database.sqlLimits());
    long sizeBytesMax = database.limits().sizeBytesMax();
    if (sizeBytesMax != sizeBytesMaxSet) {
      long pages = Math.max(1, sizeBytesMax / database.pageBytes(connection));
      connection.number("PRAGMA max_page_count=" + pages);
      sizeBytesMaxSet = sizeBytesMax;
    }
    return connection;
  }

  private void runExclusive(SqliteConnection connection, Exclusive<?> exclusive)
      throws SQLException {
    long deadline = System.nanoTime() + EXCLUSIVE_NANOS_MAX;
    Slot slot = entered(settings.slots().enterAside(database.identity().database(), deadline));
    Runnable answer;
    try {
      connection.begin(slot, deadline);
      connection.running(EXCLUSIVE);
      answer = exclusive.run(connection.liftLimits());
    } finally {
      connection.end();
      slot.leave();
      connection.setLimits();
      connection.forgetStatements();
      database.committed(connection, /* schemaChanged= */ true);
    }
    answer.run(); // not before: whoever has it may read at once
  }

  private void runBulk(SqliteConnection connection, Bulk bulk, List<Task> taken)
      throws SQLException {
    connection.command("BEGIN IMMEDIATE");
    Load.Loaded loaded =
        new LoadRun(database, connection, this::enter).run(bulk.load(), () -> refuseWrites(taken));
    bulk.done().complete(loaded);
  }

  // Whoever writes now would wait for as long as the load takes.
  private void refuseWrites(List<Task> taken) {
    while (queue.peek() instanceof Write write) {
      taken.add(queue.remove());
      write
          .done()
          .completeExceptionally(
              new StatementFailedException(
                  ErrorCode.OVERLOADED, "Currently processing a long-running import."));
    }
  }

  private Slot enter(long deadlineNanos) {
    return entered(settings.slots().enter(database.identity().database(), deadlineNanos));
  }

  private static Slot entered(@Nullable Slot slot) {
    if (slot == null) {
      throw SqliteDatabase.overloaded();
    }
    return slot;
  }

  private void runGroup(SqliteConnection connection, Write first, List<Task> taken)
      throws SQLException {
    List<Write> executed = new ArrayList<>();
    Slot slot = enter(first.work().deadlineNanos());
    boolean intact;
    try {
      connection.command("BEGIN IMMEDIATE");
      intact = executeGroup(connection, slot, first, taken, executed);
    } finally {
      slot.leave();
    }
    if (intact && !executed.isEmpty() && commit(connection, executed)) {
      return;
    }
    rollback(connection);
    // None of these was answered. Alone, each gets the answer that it deserves.
    for (Write write : executed) {
      runAlone(connection, write);
    }
  }

  /// @return false if SQLite gave up the whole transaction because of one of the writes
  private boolean executeGroup(
      SqliteConnection connection, Slot slot, Write first, List<Task> taken, List<Write> executed)
      throws SQLException {
    long started = System.nanoTime();
    if (!execute(connection, slot, first)) {
      return false;
    }
    executed.add(first);
    Write next = nextShareable(first, started, taken);
    while (next != null) {
      connection.command("SAVEPOINT w");
      if (execute(connection, slot, next)) {
        connection.command("RELEASE w");
        executed.add(next);
      } else if (!rolledBackToSavepoint(connection)) {
        return false;
      }
      next = nextShareable(first, started, taken);
    }
    return true;
  }

  private @Nullable Write nextShareable(Write first, long startedNanos, List<Task> taken) {
    if (first.alone()
        || taken.size() >= GROUP_MAX
        || System.nanoTime() - startedNanos > GROUP_NANOS_MAX) {
      return null;
    }
    if (queue.peek() instanceof Write write && !write.alone()) {
      taken.add(queue.remove());
      return write;
    }
    return null;
  }

  // SQLite rolls the whole transaction back by itself on some errors (disk full, interrupt).
  private static boolean rolledBackToSavepoint(SqliteConnection connection) {
    try {
      connection.command("ROLLBACK TO w");
      connection.command("RELEASE w");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private boolean commit(SqliteConnection connection, List<Write> executed) throws SQLException {
    database.beforeCommit();
    try {
      connection.command("COMMIT");
    } catch (SQLException e) {
      if (executed.size() == 1) {
        executed.removeFirst().done().completeExceptionally(StatementFailedException.of(e));
      }
      return false;
    }
    boolean schemaChanged = executed.getFirst().work().changesSchema();
    database.committed(connection, schemaChanged);
    Bookmark bookmark = database.bookmark();
    for (Write write : executed) {
      write.results().setSizeAfter(database.sizeBytes());
      write.done().complete(bookmark);
    }
    if (schemaChanged) {
      connection.forgetStatements();
    }
    return true;
  }

  private void runAlone(SqliteConnection connection, Write write) {
    try {
      Slot slot = enter(write.work().deadlineNanos());
      boolean executed;
      try {
        connection.command("BEGIN IMMEDIATE");
        executed = execute(connection, slot, write);
      } finally {
        slot.leave();
      }
      if (!executed || !commit(connection, new ArrayList<>(List.of(write)))) {
        rollback(connection);
      }
    } catch (SQLException | RuntimeException e) {
      rollback(connection);
      write.done().completeExceptionally(e);
    }
  }

  private static void rollback(SqliteConnection connection) {
    try {
      connection.command("ROLLBACK");
    } catch (SQLException e) {
      // There was no transaction any more: what was wanted.
      LOG.trace("Nothing to roll back", e);
    }
  }

  // Whether all statements ran; if not, the write is answered with the failure.
  private boolean execute(SqliteConnection connection, Slot slot, Write write) {
    write.results().clear();
    write.work().memory().answerAnew();
    ResultSink sink = new CountedSink(write.results(), write.work().memory());
    connection.begin(slot, write.work().deadlineNanos());
    try {
      for (Step step : write.work().steps()) {
        executeStep(connection, step, sink);
      }
      connection.end();
      return true;
    } catch (SQLException e) {
      write.done().completeExceptionally(SqliteDatabase.failure(e, connection.end()));
      return false;
    } catch (RuntimeException e) {
      connection.end();
      write.done().completeExceptionally(e);
      return false;
    }
  }

  private void executeStep(SqliteConnection connection, Step step, ResultSink sink)
      throws SQLException {
    long start = System.nanoTime();
    long before = connection.totalChanges();
    long schemaBefore = schemaVersion(connection, step);
    Effort effort = SqliteDatabase.runStep(connection, step, sink);
    long changes = connection.totalChanges() - before;
    boolean changedDb = changes != 0 || schemaVersion(connection, step) != schemaBefore;
    long rowId = database.lastRowId();
    if (changes != 0) {
      rowId = connection.number("SELECT last_insert_rowid()");
      database.setLastRowId(rowId);
    }
    sink.end(database.meta(start, changes, rowId, changedDb, effort));
  }

  // Asked only where it may change: CREATE TABLE IF NOT EXISTS may have found its table.
  private static long schemaVersion(SqliteConnection connection, Step step) throws SQLException {
    return step.script().changesSchema() ? connection.number("PRAGMA schema_version") : 0;
  }

  /// Only between tasks. The next one opens another writer.
  void close() {
    SqliteConnection connection = writer;
    writer = null;
    sizeBytesMaxSet = 0;
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.warn("A writer could not be closed", e);
      }
    }
  }
}
