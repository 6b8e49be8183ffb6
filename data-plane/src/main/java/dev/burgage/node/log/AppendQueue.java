package dev.burgage.node.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What is to be appended, bounded in bytes: whoever adds to a full queue waits. One thread at a
/// time writes, the log's own or one that has just added and found nobody writing. Thread-safe.
final class AppendQueue {
  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition emptied = lock.newCondition();
  private List<Append> queued = new ArrayList<>();
  private long bytes;
  private boolean isWriting;
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
      return takeQueued();
    } finally {
      lock.unlock();
    }
  }

  /// What was taken is written, or has failed.
  void written() {
    lock.lock();
    try {
      isWriting = false;
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
