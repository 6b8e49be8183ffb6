package dev.burgage.node.engine;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.node.engine.SqliteDatabase.ExclusiveTask;
import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.node.engine.WriteGroup.Write;
import dev.burgage.protocol.Bookmark;
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
/// durable the next one gathers, and becomes one transaction. A write is answered when the commit
/// that holds it is on the disk. Thread-safe; see DESIGN.md of this package.
final class WriteQueue {
  private static final Logger LOG = LoggerFactory.getLogger(WriteQueue.class);
  private static final int QUEUED_MAX = 4_096;
  private static final int GROUPS_PER_TURN_MAX = 16;
  private static final String EXCLUSIVE = "(a migration or transfer)";
  private static final long EXCLUSIVE_NANOS_MAX = TimeUnit.HOURS.toNanos(1);

  private final SqliteDatabase database;
  private final EngineSettings settings;
  private final Queue<Task> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final Writer writer;

  WriteQueue(SqliteDatabase database, EngineSettings settings) {
    this.database = database;
    this.settings = settings;
    this.writer = new Writer(database);
  }

  private sealed interface Task {
    CompletableFuture<?> done();
  }

  private record Statements(Write write) implements Task {
    @Override
    public CompletableFuture<?> done() {
      return write.done();
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

  /// Moves the write-ahead log into the database.
  private record Checkpoint(CompletableFuture<Boolean> done) implements Task {}

  private record Close(CompletableFuture<Boolean> done) implements Task {}

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
    refuseIfFull();
    if (isFirst(new Statements(write))) {
      turnOf(write);
    }
    return join(write.done());
  }

  // Nobody else writes: to change threads would cost more than the write. What may take its time or
  // wait for the disk is for a thread of our own.
  private void turnOf(Write write) {
    if (write.alone()) {
      settings.writers().execute(this::turn);
    } else {
      goOnWhenDurable(runNext(/* mayWait= */ false));
    }
  }

  /// Blocks until the task has ended.
  <T> T exclusively(ExclusiveTask<T> task) {
    Exclusive<T> exclusive = new Exclusive<>(task, new CompletableFuture<>());
    submit(exclusive);
    return join(exclusive.done());
  }

  /// Blocks until the write-ahead log is in the database, as far as readers let it.
  ///
  /// @return whether all of it is there
  boolean checkpoint() {
    Checkpoint checkpoint = new Checkpoint(new CompletableFuture<>());
    submit(checkpoint);
    return join(checkpoint.done());
  }

  private void submit(Task task) {
    refuseIfFull();
    add(task);
  }

  private void refuseIfFull() {
    if (queued.get() >= QUEUED_MAX) {
      throw new StatementFailedException(
          ErrorCode.OVERLOADED, "D1 DB is overloaded. Too many requests queued.");
    }
  }

  private void add(Task task) {
    if (isFirst(task)) {
      settings.writers().execute(this::turn);
    }
  }

  // Whoever adds the first one sees to its turn.
  private boolean isFirst(Task task) {
    queue.add(task);
    return queued.getAndIncrement() == 0;
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

  // A busy database gives the thread back now and then, so that others get their turn; and while it
  // waits for the disk, so that a few threads are enough for any number of databases.
  private void turn() {
    for (int i = 0; i < GROUPS_PER_TURN_MAX; i++) {
      int taken = runNext(/* mayWait= */ true);
      if (!database.commits().durable().isDone()) {
        goOnWhenDurable(taken);
        return;
      }
      if (queued.addAndGet(-taken) == 0) {
        return;
      }
    }
    settings.writers().execute(this::turn);
  }

  private void goOnWhenDurable(int taken) {
    var _ = database.commits().durable().whenComplete((_, _) -> goOn(taken));
  }

  private void goOn(int taken) {
    if (queued.addAndGet(-taken) != 0) {
      settings.writers().execute(this::turn);
    }
  }

  // The number of tasks that were taken off the queue, each of which is complete now or when the
  // commits of now are durable.
  //
  // mayWait: the thread is a writer's, which has nothing else to do than wait for the disk.
  private int runNext(boolean mayWait) {
    List<Task> taken = new ArrayList<>();
    taken.add(queue.remove());
    try {
      run(taken.getFirst(), taken, mayWait);
    } catch (SQLException | RuntimeException | Error e) {
      LOG.atDebug().setCause(e).log("A turn of a writer failed");
      writer.rollback();
      for (Task task : taken) {
        task.done().completeExceptionally(e); // of the tasks that are not complete yet
      }
    }
    if (mayHaveSetPragma(taken.getFirst())) {
      writer.renew();
    }
    if (writer.isOpen() && writer.isCheckpointDue()) {
      add(new Checkpoint(new CompletableFuture<>()));
    }
    return taken.size();
  }

  private void run(Task first, List<Task> taken, boolean mayWait) throws SQLException {
    switch (first) {
      case Exclusive<?> exclusive -> runExclusive(writer.prepared(), exclusive);
      case Statements statements -> runGroup(writer.prepared(), statements.write(), taken, mayWait);
      case Bulk bulk -> runBulk(writer.prepared(), bulk, taken);
      case Checkpoint checkpoint -> checkpoint.done().complete(writer.checkpoint());
      case Close close -> {
        writer.closeForGood();
        close.done().complete(true);
      }
    }
  }

  // A pragma holds until its transaction ends, but SQLite keeps most of them with the connection,
  // and not all can be set back: after case_sensitive_like no index on a LIKE can be read any more.
  private static boolean mayHaveSetPragma(Task task) {
    return switch (task) {
      case Statements statements -> statements.write().work().setsPragma();
      case Bulk _ -> true;
      case Exclusive<?> _, Checkpoint _, Close _ -> false;
    };
  }

  private void runExclusive(SqliteConnection connection, Exclusive<?> exclusive)
      throws SQLException {
    long deadline = System.nanoTime() + EXCLUSIVE_NANOS_MAX;
    Slot slot = entered(settings.slots().enterAside(database.identity().database(), deadline));
    Runnable answer;
    database.refusal().runsOwnTask(true);
    try {
      connection.begin(slot, deadline);
      connection.running(EXCLUSIVE);
      answer = exclusive.run(connection.liftLimits());
    } finally {
      connection.end();
      database.refusal().runsOwnTask(false);
      slot.leave();
      connection.setLimits();
      connection.forgetStatements();
      database.committed(
          database.sizeOf(connection), /* schemaChanged= */ true, /* mayWait= */ true);
    }
    database.commits().awaitDurable();
    answer.run(); // not before: whoever has it may read at once
  }

  private void runBulk(SqliteConnection connection, Bulk bulk, List<Task> taken)
      throws SQLException {
    database.refusal().runsOwnTask(true);
    try {
      connection.command("BEGIN IMMEDIATE");
      Load.Loaded loaded =
          new LoadRun(database, connection, this::enter)
              .run(bulk.load(), () -> refuseWrites(taken));
      bulk.done().complete(loaded);
    } finally {
      database.refusal().runsOwnTask(false);
    }
  }

  // Whoever writes now would wait for as long as the load takes.
  private void refuseWrites(List<Task> taken) {
    while (queue.peek() instanceof Statements write) {
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

  private void runGroup(SqliteConnection connection, Write first, List<Task> taken, boolean mayWait)
      throws SQLException {
    new WriteGroup(database, writer, connection, this::enter, mayWait)
        .run(first, () -> nextShareable(taken));
  }

  private @Nullable Write nextShareable(List<Task> taken) {
    if (queue.peek() instanceof Statements(Write write) && !write.alone()) {
      taken.add(queue.remove());
      return write;
    }
    return null;
  }

  /// Blocks until what was begun has ended. Nothing may come after it.
  void close() {
    if (writer.isOpen() || queued.get() != 0) {
      Close close = new Close(new CompletableFuture<>());
      add(close);
      join(close.done());
    }
  }
}
