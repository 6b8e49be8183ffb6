package dev.burgage.node.engine;

import dev.burgage.node.files.Attributes;
import dev.burgage.node.files.Uninterrupted;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.DatabaseLog;
import dev.burgage.node.log.DatabaseLog.Recorded;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteCommitListener;

/// The commits of one database on their way into the node's log, and who may know of them: nobody
/// is told of a commit that could still be lost, neither the one who made it nor one who read it.
///
/// [#open], [#bookmark], [#awaitSeen] and [#failure] may be called by any thread, the rest by the
/// one that has the database's writer.
final class Commits implements AutoCloseable, SQLiteCommitListener {
  private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
  private static final CompletableFuture<?> DURABLE = CompletableFuture.completedFuture(null);
  private static final Recorded NOWHERE = new Recorded(new Bookmark(0, 0, 0, 0), 0, 0, DURABLE);

  private final Path file;
  private final DatabaseIdentity identity;
  private final @Nullable CommitLog log;
  private final BooleanSupplier storeHasRoom;
  private final ReentrantLock opening = new ReentrantLock();
  private volatile @Nullable DatabaseLog records;
  private volatile @Nullable Bookmark bookmark;
  private volatile @Nullable StatementFailedException failure;
  // Done when all that a reader can have seen is on the disk. It takes the place of the one before
  // while SQLite commits, so whoever sees a commit finds it.
  private volatile CompletableFuture<?> seen = DURABLE;
  // Done when all that was recorded is on the disk.
  private volatile CompletableFuture<?> newest = DURABLE;
  // Of a commit that is not recorded yet.
  private @Nullable CompletableFuture<Void> unrecorded;
  private int frames;

  Commits(Path file, DatabaseIdentity identity, EngineSettings settings) {
    this.file = file;
    this.identity = identity;
    this.log = settings.log();
    this.storeHasRoom = settings.storeHasRoom();
    this.bookmark = log == null ? NOWHERE.bookmark() : null;
  }

  /// Before SQLite opens the database: its file gets what it lacks, and the log what that lacks.
  ///
  /// @throws StatementFailedException if the one or the other cannot be done
  void open() {
    CommitLog into = log;
    if (records != null || into == null) {
      throwIfFailed();
      return;
    }
    opening.lock();
    try {
      if (records == null) {
        records = Uninterrupted.run(() -> opened(into));
      }
    } catch (NoSuchFileException e) {
      throw new StatementFailedException(
          ErrorCode.INTERNAL, "The database's file is missing on its node.");
    } catch (IOException e) {
      throw failed(e);
    } finally {
      opening.unlock();
    }
  }

  private DatabaseLog opened(CommitLog log) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString()); // whatever the log has: it may not be all
    }
    DatabaseLog opened = DatabaseLog.open(log, identity.database(), identity.generation(), file);
    try {
      switch (opened.state()) {
        case NEW -> opened.begin();
        case BEHIND -> {
          LOG.info("{} lacks commits of the log; they are made again", file);
          opened.rollForward();
        }
        case CURRENT -> {
          // as it should be
        }
      }
      taken(opened.record());
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private Recorded taken(Recorded recorded) {
    frames = recorded.frames();
    newest = recorded.durable(); // first: whoever has the bookmark may wait for this
    bookmark = recorded.bookmark();
    if (recorded.transactions() > 0) {
      seen = recorded.durable();
    }
    return recorded;
  }

  /// The newest state that was recorded; it may not be on the disk yet.
  Bookmark bookmark() {
    Bookmark newest = bookmark;
    if (newest == null) {
      throw new IllegalStateException(file + " is not open");
    }
    return newest;
  }

  /// Frames of the write-ahead log that are not in the database's file.
  int frames() {
    return frames;
  }

  /// Why nothing can be done with this database until it is opened anew; null if all is well.
  @Nullable StatementFailedException failure() {
    return failure;
  }

  void throwIfFailed() {
    StatementFailedException known = failure;
    if (known != null) {
      throw new StatementFailedException(known.code(), String.valueOf(known.getMessage()));
    }
  }

  /// To be called before anything is committed.
  ///
  /// @throws StatementFailedException if the log or the store has no room; nothing may be committed
  ///   then
  void requireRoom() {
    requireRoom(/* bytes= */ 0);
  }

  /// As [#requireRoom()], before a transaction is committed whose pages are in the write-ahead log
  /// by now, but for a few: SQLite keeps two megabytes in its cache.
  void requireRoomForAll() {
    requireRoom(wal().toFile().length());
  }

  private void requireRoom(long bytes) {
    throwIfFailed();
    if (log == null) {
      return;
    }
    if (!storeHasRoom.getAsBoolean()) {
      throw new StatementFailedException(
          ErrorCode.OVERLOADED,
          "No write is taken: the object store does not answer, and as much of the commit log waits"
              + " for it as may (BURGAGE_STORE_BACKLOG_MIB). Reads go on; writes will by themselves"
              + " when the store answers.");
    }
    try {
      log.requireRoom(bytes);
    } catch (IOException e) {
      throw new StatementFailedException(
          ErrorCode.OVERLOADED, "No write is taken: " + e.getMessage());
    }
  }

  /// What the failure of a statement that writes, or of a COMMIT, is to callers.
  StatementFailedException failure(SQLException e) {
    if (log != null && StatementFailedException.isOfDisk(e)) {
      log.doubt();
      if (log.hasFailed()) {
        try {
          requireRoom();
        } catch (StatementFailedException failure) {
          return failure;
        }
      }
    }
    return StatementFailedException.of(e);
  }

  private Path wal() {
    return file.resolveSibling(file.getFileName() + "-wal");
  }

  /// SQLite is about to commit: from now on readers may see it.
  @Override
  public void onCommit() {
    if (unrecorded == null) {
      CompletableFuture<Void> next = new CompletableFuture<>();
      unrecorded = next;
      seen = next;
    }
  }

  @Override
  public void onRollback() {
    // There is nothing to record.
  }

  /// Whether SQLite has committed something since the last [#record()].
  boolean hasUnrecorded() {
    return unrecorded != null;
  }

  /// Hands over to the log what SQLite has committed.
  ///
  /// @return its future is done when all of it may be acknowledged
  /// @throws StatementFailedException if it cannot be recorded; it may be there or not in the end
  Recorded record() {
    return record(/* here= */ false);
  }

  /// As [#record()], by a writer's thread that has nothing else to do than wait for the disk.
  Recorded recordHere() {
    return record(/* here= */ true);
  }

  private Recorded record(boolean here) {
    DatabaseLog opened = records;
    CompletableFuture<Void> waiting = unrecorded;
    unrecorded = null;
    try {
      throwIfFailed();
      if (log == null) {
        pass(waiting, /* cause= */ null);
        return NOWHERE;
      }
      if (opened == null) {
        throw new IllegalStateException(file + " is not open");
      }
      Recorded recorded = here ? opened.recordHere() : opened.record();
      // Whoever hears of a failure must find that this is of no more use.
      CompletableFuture<?> durable =
          recorded
              .durable()
              .whenComplete((_, cause) -> {
                if (cause != null) {
                  var _ = failed(cause);
                }
              });
      Recorded heard = taken(recorded.with(durable));
      var _ = durable.whenComplete((_, cause) -> pass(waiting, cause));
      return heard;
    } catch (IOException | RuntimeException e) {
      StatementFailedException refused = failed(e);
      pass(waiting, refused);
      throw refused;
    }
  }

  /// As [#record()], by somebody who goes on with something else.
  ///
  /// @return false if it cannot be recorded; nothing can be done with the database then
  boolean recordEarly() {
    try {
      var _ = record();
      return true;
    } catch (StatementFailedException e) {
      return false;
    }
  }

  private static void pass(@Nullable CompletableFuture<Void> waiting, @Nullable Throwable cause) {
    if (waiting == null) {
      return;
    }
    if (cause == null) {
      waiting.complete(null);
    } else {
      waiting.completeExceptionally(cause);
    }
  }

  private StatementFailedException failed(Throwable cause) {
    StatementFailedException known = failure;
    if (known != null) {
      return known;
    }
    LOG.error("Commits of {} cannot be recorded; it is closed and opened anew", file, cause);
    StatementFailedException refused = refusal(cause);
    failure = refused;
    return refused;
  }

  /// What those are told who wait for a commit that the log could not take.
  static StatementFailedException refusal(Throwable cause) {
    return switch (cause) {
      case StatementFailedException known -> known;
      case CompletionException wrapped when wrapped.getCause() != null ->
          refusal(wrapped.getCause());
      default ->
          new StatementFailedException(
              ErrorCode.INTERNAL, "The node's commit log failed: " + cause.getMessage());
    };
  }

  /// Waits until all that this thread can have read is on the disk.
  void awaitSeen(long deadlineNanos) {
    CompletableFuture<?> read = seen;
    if (!read.isDone() || read.isCompletedExceptionally()) {
      await(read, deadlineNanos);
    }
  }

  private static void await(CompletableFuture<?> durable, long deadlineNanos) {
    try {
      durable.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw refusal(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SqliteDatabase.overloaded();
    } catch (TimeoutException e) {
      throw SqliteDatabase.overloaded();
    }
  }

  /// As [#awaitSeen(long)], for as long as it takes.
  void awaitSeen() {
    join(seen);
  }

  /// Done when all that was recorded is on the disk.
  CompletableFuture<?> durable() {
    return newest;
  }

  /// Waits until all that was recorded is on the disk.
  void awaitDurable() {
    join(newest);
  }

  private static void join(CompletableFuture<?> durable) {
    try {
      durable.join();
    } catch (CompletionException e) {
      throw refusal(e);
    }
  }

  /// All that the write-ahead log has is in the database's file and synced; all of it was durable
  /// in the node's log before.
  void checkpointed() {
    DatabaseLog opened = records;
    if (opened == null) {
      return;
    }
    try {
      taken(opened.checkpointed());
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
  }

  // SQLite leaves both when it is not to move the one into the database.
  private void removeUnneeded() throws IOException {
    remove(file.resolveSibling(file.getFileName() + "-shm"));
    if (frames == 0 && failure == null) {
      remove(wal());
    }
  }

  private static void remove(Path file) throws IOException {
    if (Attributes.find(file) != null) {
      Files.delete(file);
    }
  }

  /// When SQLite has closed the database. Nobody opens it meanwhile.
  @Override
  public void close() {
    DatabaseLog opened = records;
    if (opened == null) {
      return;
    }
    try {
      if (failure == null) {
        awaitDurable();
      }
      opened.close();
      removeUnneeded();
    } catch (IOException | StatementFailedException e) {
      LOG.warn("{} is not closed as it should be", file, e);
    }
  }
}
