package dev.burgage.node.engine;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Shares the cores among the requests that are inside SQLite: about as many run at once as there
/// are cores, because more only fight for them. Whoever waits is let in by tenant in turn. A
/// statement that has run for longer than a slice is *long*: it goes on in slices, and gives way
/// between them to those that are not. So a tenant with many or long statements costs its
/// neighbours a slice, not its statements' time. Thread-safe.
public final class StatementSlots {
  static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /// So many are let in before one of the long ones that wait.
  private static final int NEW_BEFORE_LONG = 8;

  private final int max;
  private final AtomicInteger free;
  private final Semaphore longOnes;
  private final Carriers carriers = new Carriers();

  private final ReentrantLock lock = new ReentrantLock();
  private final TurnQueue newOnes = new TurnQueue();
  private final TurnQueue pausedOnes = new TurnQueue();
  private int newInARow;

  /// Of both queues; read without the lock.
  private volatile int waiting;

  /// @param atOnce statements that run at once
  /// @param longMax further ones that wait for their next slice, or cannot be stopped for it
  public StatementSlots(int atOnce, int longMax) {
    this.max = atOnce + longMax;
    this.free = new AtomicInteger(atOnce);
    this.longOnes = new Semaphore(longMax);
  }

  /// How many requests there are inside SQLite at most, running or waiting for their next slice.
  public int max() {
    return max;
  }

  /// How many wait, for the first time or for their next slice.
  int waiting() {
    return waiting;
  }

  /// @param tenant whoever is equal shares a turn
  /// @return null if no slot came free before the deadline
  @Nullable Slot enter(Object tenant, long deadlineNanos) {
    if (waiting == 0 && tryTake()) {
      return new Slot(tenant);
    }
    return await(newOnes, tenant, deadlineNanos) ? new Slot(tenant) : null;
  }

  private boolean tryTake() {
    int now = free.get();
    while (now > 0) {
      if (free.compareAndSet(now, now - 1)) {
        return true;
      }
      now = free.get();
    }
    return false;
  }

  private boolean await(TurnQueue queue, Object tenant, long deadlineNanos) {
    Waiter waiter = new Waiter(tenant, Thread.currentThread());
    lock.lock();
    try {
      queue.add(waiter);
      waiting = newOnes.size() + pausedOnes.size();
      admit(); // one may have come free since we looked
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (!waiter.isAdmitted()) {
      long left = deadlineNanos - System.nanoTime();
      if ((left <= 0 || interrupted) && giveUp(queue, waiter)) {
        break;
      }
      LockSupport.parkNanos(this, left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return waiter.isAdmitted();
  }

  // False if it was admitted just now.
  private boolean giveUp(TurnQueue queue, Waiter waiter) {
    lock.lock();
    try {
      boolean removed = queue.remove(waiter);
      waiting = newOnes.size() + pausedOnes.size();
      return removed;
    } finally {
      lock.unlock();
    }
  }

  private void giveBack() {
    free.incrementAndGet();
    if (waiting > 0) {
      lock.lock();
      try {
        admit();
      } finally {
        lock.unlock();
      }
    }
  }

  // With the lock.
  private void admit() {
    while (waiting > 0 && tryTake()) {
      boolean longOne =
          newOnes.isEmpty() || (newInARow >= NEW_BEFORE_LONG && !pausedOnes.isEmpty());
      newInARow = longOne ? 0 : newInARow + 1;
      Waiter next = (longOne ? pausedOnes : newOnes).poll();
      waiting = newOnes.size() + pausedOnes.size();
      next.admit();
    }
  }

  /// Somebody who waits for a slot.
  static final class Waiter {
    private final Object tenant;
    private final Thread thread;
    private volatile boolean admitted;

    Waiter(Object tenant, Thread thread) {
      this.tenant = tenant;
      this.thread = thread;
    }

    Object tenant() {
      return tenant;
    }

    boolean isAdmitted() {
      return admitted;
    }

    void admit() {
      admitted = true;
      LockSupport.unpark(thread);
    }
  }

  /// A place that one request holds. Left and paused by its own thread, moved aside by the
  /// watchdog.
  final class Slot {
    private final Object tenant;
    private final boolean onCarrier = Thread.currentThread().isVirtual();
    private volatile long sliceNanos = System.nanoTime();
    private volatile boolean holds = true;
    private boolean isLong;
    private boolean left;

    private Slot(Object tenant) {
      this.tenant = tenant;
    }

    /// When it was last let in or looked for others.
    long sliceNanos() {
      return sliceNanos;
    }

    /// Called often while the statement runs: gives way to others, if there are any and it has had
    /// its slice, and returns when it may go on.
    ///
    /// @param deadlineNanos when to stop waiting; the watchdog interrupts the statement then
    void pause(long deadlineNanos) {
      if (holds && System.nanoTime() - sliceNanos < SLICE_NANOS) {
        return;
      }
      if (!becomesLong()) {
        return;
      }
      if (holds && waiting == 0) {
        sliceNanos = System.nanoTime();
      } else {
        handBack();
        rejoin(deadlineNanos);
      }
    }

    /// Does something that waits for something else than a core, and lets others in meanwhile.
    ///
    /// @param deadlineNanos when to stop waiting for the slot afterwards
    void aside(Runnable waits, long deadlineNanos) {
      boolean longOne = becomesLong();
      if (longOne) {
        handBack();
      }
      waits.run();
      if (longOne) {
        rejoin(deadlineNanos);
      }
    }

    private void handBack() {
      synchronized (this) {
        if (!holds) {
          return; // the watchdog has given it away
        }
        holds = false;
      }
      giveBack();
    }

    private void rejoin(long deadlineNanos) {
      boolean admitted = await(pausedOnes, tenant, deadlineNanos);
      synchronized (this) {
        holds = admitted;
      }
      sliceNanos = System.nanoTime();
    }

    // Its carrier is made up for from now on, also if nobody waits: who comes next needs one.
    private synchronized boolean becomesLong() {
      if (!isLong && longOnes.tryAcquire()) {
        isLong = true;
        if (onCarrier) {
          carriers.onePinned();
        }
      }
      return isLong;
    }

    /// Lets somebody else in while the statement goes on, if there is room for one more that is
    /// long: it does one thing that nothing can pause.
    void moveAside() {
      synchronized (this) {
        if (left || !holds || !becomesLong()) {
          return;
        }
        holds = false;
      }
      giveBack();
    }

    void leave() {
      boolean held;
      synchronized (this) {
        left = true;
        held = holds;
        if (isLong) {
          longOnes.release();
          if (onCarrier) {
            carriers.oneFree();
          }
        }
      }
      if (held) {
        giveBack();
      }
    }
  }
}
