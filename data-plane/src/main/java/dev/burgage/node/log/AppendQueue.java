package dev.burgage.node.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What is to be appended, bounded in bytes: whoever adds to a full queue waits. One thread at a
/// time writes, the log's own or one that has just added and found nobody writing. Thread-safe.
final class AppendQueue {
  private static final long SLOW_FLUSH_NANOS = TimeUnit.MICROSECONDS.toNanos(800);
  private static final int STEPS_A_FLUSH = 16;

  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition emptied = lock.newCondition();
  private final Condition gathered = lock.newCondition();
  private List<Append> queued = new ArrayList<>();
  private long bytes;
  private boolean isWriting;
  private int expected;
  // The least of late: busy cores make the flushes of a fast disk look slow, but not all of them.
  private long flushNanos = Long.MAX_VALUE / 2;
  private boolean closed;
  private @Nullable LogFailedException failure;

  AppendQueue(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// For the log's own thread to write.
  ///
  /// @throws LogFailedException if the log has failed
  /// @throws IllegalStateException if it is closed
  void add(Append append) throws LogFailedException {
    lock.lock();
    try {
      put(append);
      if (!isWriting) {
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// As [#add], by a thread that may wait for the disk.
  ///
  /// @return all there is, for the caller to write, who then calls [#written]; nothing if somebody
  ///   is writing, who will see to it
  List<Append> addAndTake(Append append) throws LogFailedException {
    lock.lock();
    try {
      put(append);
      if (isWriting) {
        return List.of();
      }
      isWriting = true;
      return takeQueued();
    } finally {
      lock.unlock();
    }
  }

  private void put(Append append) throws LogFailedException {
    while (failure == null && !closed && bytes > 0 && bytes + append.length() > bytesMax) {
      emptied.awaitUninterruptibly();
    }
    throwIfEnded();
    queued.add(append);
    bytes += append.length();
    if (queued.size() == expected) {
      gathered.signal();
    }
  }

  private List<Append> takeQueued() {
    List<Append> taken = queued;
    queued = new ArrayList<>();
    bytes = 0;
    emptied.signalAll();
    return taken;
  }

  private void throwIfEnded() throws LogFailedException {
    if (failure != null) {
      throw new LogFailedException(String.valueOf(failure.getMessage()), failure);
    }
    if (closed) {
      throw new IllegalStateException("the log is closed");
    }
  }

  void requireOpen() throws LogFailedException {
    lock.lock();
    try {
      throwIfEnded();
    } finally {
      lock.unlock();
    }
  }

  boolean hasFailed() {
    lock.lock();
    try {
      return failure != null;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for something to append, and until nobody writes. The caller writes it and then calls
  /// [#written].
  ///
  /// @return all there is; nothing once the queue is closed and empty
  List<Append> take() {
    lock.lock();
    try {
      while (isWriting || (queued.isEmpty() && !closed)) {
        filled.awaitUninterruptibly();
      }
      isWriting = true;
      gather();
      return takeQueued();
    } finally {
      lock.unlock();
    }
  }

  // Clients that send their next commit when they have the answer come again soon after a flush,
  // but too late for the next one: each would wait for two flushes. So a slow flush is held back
  // while they come, for at most half its time.
  private void gather() {
    if (flushNanos < SLOW_FLUSH_NANOS) {
      return;
    }
    long end = System.nanoTime() + flushNanos / 2;
    try {
      int before = 0;
      while (!closed
          && queued.size() > before
          && queued.size() < expected
          && System.nanoTime() < end) {
        before = queued.size();
        var _ = gathered.awaitNanos(flushNanos / STEPS_A_FLUSH);
      }
    } catch (InterruptedException e) {
      // nobody interrupts the log's thread, and this is not worth waiting for
    }
  }

  /// What was taken is written, or has failed.
  ///
  /// @param count of it
  /// @param nanos that the disk took
  void written(int count, long nanos) {
    lock.lock();
    try {
      isWriting = false;
      expected = count + queued.size();
      flushNanos = Math.min(nanos, flushNanos + flushNanos / 16);
      if (!queued.isEmpty() || closed) {
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Refuses everything from now on.
  ///
  /// @return what waited
  List<Append> fail(LogFailedException cause) {
    lock.lock();
    try {
      failure = cause;
      closed = true;
      List<Append> waiting = queued;
      queued = new ArrayList<>();
      emptied.signalAll();
      gathered.signal();
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      filled.signal();
      emptied.signalAll();
      gathered.signal();
    } finally {
      lock.unlock();
    }
  }
}
