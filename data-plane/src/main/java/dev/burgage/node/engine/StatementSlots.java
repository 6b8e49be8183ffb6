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
/// between them to those that are not; and while there are any of those, long ones leave them a
/// core. So a tenant with many or long statements costs its neighbours next to nothing, not its
/// statements' time. Thread-safe.
public final class StatementSlots {
  static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /// So many are let in before one of the long ones that wait.
  private static final int NEW_BEFORE_LONG = 8;

  /// After so long without a new one, the long ones may have all cores.
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final int atOnce;
  private final int max;
  private final long quietNanos;
  private final AtomicInteger free;
  private final AtomicInteger longRunning = new AtomicInteger();
  private final Semaphore longOnes;
  private final Carriers carriers = new Carriers();

  private final ReentrantLock lock = new ReentrantLock();
  private final TurnQueue newOnes = new TurnQueue();
  private final TurnQueue pausedOnes = new TurnQueue();
  private int newInARow;
  private volatile long newestNanos;

  /// Of both queues; read without the lock.
  private volatile int waiting;

  /// @param atOnce statements that run at once
  /// @param longMax further ones that wait for their next slice, or cannot be stopped for it
  public StatementSlots(int atOnce, int longMax) {
    this(atOnce, longMax, QUIET_NANOS);
  }

  StatementSlots(int atOnce, int longMax, long quietNanos) {
    this.atOnce = atOnce;
    this.quietNanos = quietNanos;
    this.newestNanos = System.nanoTime();
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
    noteNew();
    return take(tenant, deadlineNanos);
  }

  /// As [#enter], for work of our own: nobody waits for it as for a request. It waits for the disk
  /// most of its time, so it takes no core from anybody, but pauses as a long statement does.
  @Nullable Slot enterAside(Object tenant, long deadlineNanos) {
    Slot slot = take(tenant, deadlineNanos);
    if (slot != null) {
      slot.stepAside();
    }
    return slot;
  }

  /// Whether no request has come for so long.
  public boolean isQuietFor(long nanos) {
    return System.nanoTime() - newestNanos > nanos;
  }

  /// How many requests run at once, about as many as there are cores.
  int atOnce() {
    return atOnce;
  }

  private @Nullable Slot take(Object tenant, long deadlineNanos) {
    if (waiting == 0 && tryTake()) {
      return new Slot(tenant);
    }
    return await(newOnes, tenant, deadlineNanos) ? new Slot(tenant) : null;
  }

  // Seldom, because all cores share it.
  private void noteNew() {
    long now = System.nanoTime();
    if (now - newestNanos > SLICE_NANOS) {
      newestNanos = now;
    }
  }

  private int longRunningMax() {
    return isQuietFor(quietNanos) ? atOnce : Math.max(1, atOnce - 1);
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
      LockSupport.parkNanos(this, queue == pausedOnes ? Math.min(left, QUIET_NANOS) : left);
      interrupted |= Thread.interrupted();
      if (queue == pausedOnes && !waiter.isAdmitted()) {
        admitMore(); // it may have become quiet
      }
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

  // A core is free again, or one of the long ones may go on.
  private void giveBack(boolean held) {
    if (held) {
      free.incrementAndGet();
    }
    if (waiting > 0) {
      admitMore();
    }
  }

  private void admitMore() {
    lock.lock();
    try {
      admit();
    } finally {
      lock.unlock();
    }
  }

  // With the lock.
  private void admit() {
    while (waiting > 0) {
      boolean longMay = !pausedOnes.isEmpty() && longRunning.get() < longRunningMax();
      if ((newOnes.isEmpty() && !longMay) || !tryTake()) {
        return;
      }
      boolean longOne = longMay && (newOnes.isEmpty() || newInARow >= NEW_BEFORE_LONG);
      newInARow = longOne ? 0 : newInARow + 1;
      if (longOne) {
        longRunning.incrementAndGet();
      }
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
    private boolean countsAsRunning; // among the long ones
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
      if (holds && waiting == 0 && longRunning.get() <= longRunningMax()) {
        sliceNanos = System.nanoTime();
      } else {
        stop();
        goOn(deadlineNanos);
      }
    }

    /// Does something that waits for something else than a core, and lets others in meanwhile.
    ///
    /// @param deadlineNanos when to stop waiting for the slot afterwards
    void aside(Runnable waits, long deadlineNanos) {
      if (!becomesLong()) {
        waits.run();
        return;
      }
      stop();
      waits.run();
      goOn(deadlineNanos);
    }

    // Its carrier is made up for from now on, also if nobody waits: who comes next needs one.
    private synchronized boolean becomesLong() {
      if (!isLong && longOnes.tryAcquire()) {
        isLong = true;
        count(true);
        if (onCarrier) {
          carriers.onePinned();
        }
      }
      return isLong;
    }

    private synchronized void count(boolean running) {
      if (running != countsAsRunning) {
        countsAsRunning = running;
        longRunning.addAndGet(running ? 1 : -1);
      }
    }

    private void stop() {
      boolean held;
      synchronized (this) {
        held = holds; // unless the watchdog has given it away
        holds = false;
        count(false);
      }
      giveBack(held);
    }

    private void goOn(long deadlineNanos) {
      boolean admitted = await(pausedOnes, tenant, deadlineNanos);
      synchronized (this) {
        holds = admitted;
        if (admitted) {
          countsAsRunning = true; // by whom it was admitted
        } else {
          count(true);
        }
      }
      sliceNanos = System.nanoTime();
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
      giveBack(true);
    }

    private void stepAside() {
      moveAside();
      if (!holds) {
        count(false);
      }
    }

    void leave() {
      boolean held;
      synchronized (this) {
        left = true;
        held = holds;
        count(false);
        if (isLong) {
          longOnes.release();
          if (onCarrier) {
            carriers.oneFree();
          }
        }
      }
      giveBack(held);
    }
  }
}
