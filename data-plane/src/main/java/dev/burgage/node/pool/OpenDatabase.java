package dev.burgage.node.pool;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One entry of the pool: how many use it, since when nobody does, and the database once it is
/// open. A retired entry is never used again. Thread-safe.
final class OpenDatabase {
  private static final int RETIRED = -1;
  private static final long RETIRE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final DatabaseIdentity identity;
  private final AtomicInteger users = new AtomicInteger();
  private final ReentrantLock opening = new ReentrantLock();
  private volatile long lastUsedNanos = System.nanoTime();
  private volatile @Nullable SqliteDatabase database;
  private volatile @Nullable CompletableFuture<?> residence;
  // While there is one that is not done, nobody new may use the entry.
  private volatile CompletableFuture<?> draining = CompletableFuture.completedFuture(null);
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  OpenDatabase(DatabaseIdentity identity) {
    this.identity = identity;
  }

  DatabaseIdentity identity() {
    return identity;
  }

  /// @return false if it is retired, or to be closed under those who use it
  boolean retain() {
    while (true) {
      int now = users.get();
      if (now == RETIRED || !draining.isDone()) {
        return false;
      }
      if (users.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  void release() {
    lastUsedNanos = System.nanoTime();
    users.decrementAndGet();
  }

  /// @return false if somebody uses it or it is retired already
  boolean retire() {
    return users.compareAndSet(0, RETIRED);
  }

  /// Keeps newcomers out until the future is done.
  ///
  /// @return false if somebody else does so already, or it is retired
  synchronized boolean drain(CompletableFuture<?> until) {
    if (!draining.isDone() || users.get() == RETIRED) {
      return false;
    }
    draining = until;
    return true;
  }

  /// Retires it although somebody uses it: who does may end, then is refused.
  ///
  /// @return false if somebody uses it for longer, or it is retired already
  boolean retire(Grace grace) {
    if (retireWithin(grace.untouched())) {
      return true;
    }
    SqliteDatabase open = database;
    if (open == null) {
      return retireWithin(grace.refused());
    }
    open.refuse(grace.why());
    boolean retired = retireWithin(grace.refused());
    if (!retired) {
      open.refuse(null);
    }
    return retired;
  }

  private boolean retireWithin(Duration wait) {
    long deadline = System.nanoTime() + wait.toNanos();
    while (!isRetired()) {
      if (retire()) {
        return true;
      }
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(RETIRE_NANOS);
    }
    return false;
  }

  boolean isIdle() {
    return users.get() == 0;
  }

  long lastUsedNanos() {
    return lastUsedNanos;
  }

  @Nullable SqliteDatabase open() {
    return database;
  }

  /// Opens it unless somebody else just did.
  ///
  /// @param waitMillis how long to wait for one who opens it or keeps it closed
  /// @return null if that was too short
  @Nullable SqliteDatabase openBy(Supplier<SqliteDatabase> opener, long waitMillis) {
    if (!lockOpening(waitMillis)) {
      return null;
    }
    try {
      SqliteDatabase open = database;
      if (open == null) {
        open = opener.get();
        database = open;
      }
      return open;
    } finally {
      opening.unlock();
    }
  }

  /// Keeps others from opening an entry that nobody has seen yet, until [#admit].
  void keepOut() {
    opening.lock();
  }

  /// By the thread that has called [#keepOut].
  void admit() {
    opening.unlock();
  }

  private boolean lockOpening(long waitMillis) {
    try {
      return opening.tryLock(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Runs a task during which nobody opens it.
  ///
  /// @return empty if it is open, or somebody opens it just now
  <T> Optional<T> whileClosed(Supplier<T> task) {
    if (!opening.tryLock()) {
      return Optional.empty();
    }
    try {
      return database == null ? Optional.of(task.get()) : Optional.empty();
    } finally {
      opening.unlock();
    }
  }

  /// What the first request of a tenant has begun; done long since for nearly all that ask.
  CompletableFuture<?> residence(Supplier<CompletableFuture<?>> begin) {
    CompletableFuture<?> begun = residence;
    return begun == null || begun.isCompletedExceptionally() ? beginResidence(begin) : begun;
  }

  private synchronized CompletableFuture<?> beginResidence(Supplier<CompletableFuture<?>> begin) {
    CompletableFuture<?> begun = residence;
    if (begun == null || begun.isCompletedExceptionally()) {
      begun = begin.get();
      residence = begun;
    }
    return begun;
  }

  /// Whether tenants have used it since it was opened.
  boolean hasResidence() {
    return residence != null;
  }

  /// Whether it is to be closed as soon as nobody uses it.
  boolean hasFailed() {
    SqliteDatabase open = database;
    return open != null && open.hasFailed();
  }

  /// Only when retired.
  ///
  /// @param before is run when the file is closed, before those hear of it who wait for that
  /// @return whether there was a file to close
  boolean closeFile(Runnable before) {
    try {
      SqliteDatabase open = database;
      if (open == null) {
        return false;
      }
      open.close();
      return true;
    } finally {
      before.run();
      closed.complete(null);
    }
  }

  /// Waits until one that could not be retained is closed, or may be used again. Two at once would
  /// have the file open with a log each.
  ///
  /// @return false if it is neither by then
  boolean awaitSettled(long deadlineNanos) {
    return await(draining, deadlineNanos)
        && (users.get() != RETIRED || await(closed, deadlineNanos));
  }

  boolean isRetired() {
    return users.get() == RETIRED;
  }

  private static boolean await(CompletableFuture<?> future, long deadlineNanos) {
    try {
      future.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
