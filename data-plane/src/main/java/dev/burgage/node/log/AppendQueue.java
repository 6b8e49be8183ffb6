package dev.burgage.node.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What is to be appended, bounded in bytes: whoever adds to a full queue waits. Thread-safe.
final class AppendQueue {
  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition emptied = lock.newCondition();
  private List<Append> queued = new ArrayList<>();
  private long bytes;
  private boolean closed;
  private @Nullable LogFailedException failure;

  AppendQueue(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// @throws LogFailedException if the log has failed
  /// @throws IllegalStateException if it is closed
  void add(Append append) throws LogFailedException {
    lock.lock();
    try {
      while (failure == null && !closed && bytes > 0 && bytes + append.length() > bytesMax) {
        emptied.awaitUninterruptibly();
      }
      throwIfEnded();
      queued.add(append);
      bytes += append.length();
      filled.signal();
    } finally {
      lock.unlock();
    }
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

  /// Waits for something to append.
  ///
  /// @return all there is; nothing once the queue is closed and empty
  List<Append> take() {
    lock.lock();
    try {
      while (queued.isEmpty() && !closed) {
        filled.awaitUninterruptibly();
      }
      List<Append> taken = queued;
      queued = new ArrayList<>();
      bytes = 0;
      emptied.signalAll();
      return taken;
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
    } finally {
      lock.unlock();
    }
  }
}
