package dev.burgage.node.engine;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Bounds how many requests run inside SQLite at once in this process: about as many as there are
/// cores, because more only fight for them. One that runs for long is moved aside into a second,
/// bounded lane, so that a few slow ones don't stop the quick. Thread-safe.
public final class StatementSlots {
  private final int max;
  private final Semaphore quick;
  private final Semaphore slow;
  private final Carriers carriers = new Carriers();

  public StatementSlots(int quickMax, int slowMax) {
    this.max = quickMax + slowMax;
    this.quick = new Semaphore(quickMax);
    this.slow = new Semaphore(slowMax);
  }

  /// How many there are in both lanes.
  public int max() {
    return max;
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
    private final boolean onCarrier = Thread.currentThread().isVirtual();
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
        if (onCarrier) {
          carriers.onePinned();
        }
      }
    }

    synchronized void leave() {
      left = true;
      if (!aside) {
        quick.release();
        return;
      }
      slow.release();
      if (onCarrier) {
        carriers.oneFree();
      }
    }
  }
}
