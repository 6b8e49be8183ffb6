package dev.burgage.control.binding;

import dev.burgage.protocol.Revision;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;

/// Wakes whoever waits for changes in this process. It carries no data but the newest revision that
/// was committed here, until which a reader knows that there is something to find. Thread-safe.
@Component
class Wakeups {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long count;
  private Revision committedHere = Revision.NONE;

  void wake() {
    lock.lock();
    try {
      count++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void committed(Revision revision) {
    lock.lock();
    try {
      if (revision.compareTo(committedHere) > 0) {
        committedHere = revision;
      }
    } finally {
      lock.unlock();
    }
    wake();
  }

  long count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  Revision committedHere() {
    lock.lock();
    try {
      return committedHere;
    } finally {
      lock.unlock();
    }
  }

  /// Returns when somebody woke us since that count was taken, or the time is over.
  ///
  /// @return the count now
  long await(long seen, Duration longest) throws InterruptedException {
    lock.lock();
    try {
      long nanos = longest.toNanos();
      while (count == seen && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return count;
    } finally {
      lock.unlock();
    }
  }
}
