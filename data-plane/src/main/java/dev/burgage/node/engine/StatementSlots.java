package dev.burgage.node.engine;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Bounds how many statements run inside SQLite at once in this process: about as many as there are
/// cores, because native code pins the virtual thread's carrier and more only fight for cores. A
/// statement that runs for long is moved aside into a second, bounded lane, so that a few slow
/// statements don't stop the quick ones. Thread-safe.
public final class StatementSlots {
  private final Semaphore quick;
  private final Semaphore slow;

  public StatementSlots(int quickMax, int slowMax) {
    this.quick = new Semaphore(quickMax);
    this.slow = new Semaphore(slowMax);
  }

  /// @return null if no slot came free before the deadline
  @Nullable Slot enter(long deadlineNanos) {
    if (quick.tryAcquire()) {
      return new Slot();
    }
    try {
      boolean entered = quick.tryAcquire(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      return entered ? new Slot() : null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /// A place that one request holds. Left by its own thread, moved aside by the watchdog.
  final class Slot {
    private final long enteredNanos = System.nanoTime();
    private boolean aside;
    private boolean left;

    long enteredNanos() {
      return enteredNanos;
    }

    /// Gives the quick slot to somebody else, if the slow lane has room.
    synchronized void moveAside() {
      if (!left && !aside && slow.tryAcquire()) {
        aside = true;
        quick.release();
      }
    }

    synchronized void leave() {
      left = true;
      (aside ? slow : quick).release();
    }
  }
}
