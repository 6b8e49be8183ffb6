package dev.burgage.node.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/// Threads for work of our own that many databases are to have, migrations above all: as many as
/// the disk takes side by side while nobody asks anything of the node. While requests come they are
/// so few that a core is left, and rest twice as long as they work, which leaves the disk to
/// others, too. Thread-safe.
public final class BackgroundThreads extends ThreadPoolExecutor {
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LOOK_AGAIN_MILLIS = 100;
  private static final long KEPT_SECONDS = 60;
  private static final int RESTS_A_WORK = 2;
  private static final long REST_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

  private final StatementSlots slots;
  private final LongConsumer rest;
  private final ThreadLocal<Long> begun = new ThreadLocal<>();
  private final Object turn = new Object();
  private int running;

  /// @param slots know whether requests come
  /// @param max while none do
  public BackgroundThreads(StatementSlots slots, int max, ThreadFactory threads) {
    this(slots, max, threads, LockSupport::parkNanos);
  }

  /// @param rest does nothing for so many nanoseconds
  BackgroundThreads(StatementSlots slots, int max, ThreadFactory threads, LongConsumer rest) {
    super(max, max, KEPT_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    allowCoreThreadTimeOut(true);
    this.slots = slots;
    this.rest = rest;
  }

  @Override
  protected void beforeExecute(Thread thread, Runnable task) {
    synchronized (turn) {
      try {
        while (running >= most()) {
          turn.wait(LOOK_AGAIN_MILLIS);
        }
      } catch (InterruptedException e) {
        thread.interrupt(); // it is being shut down: what runs sees it
      }
      running++;
    }
    begun.set(System.nanoTime());
    super.beforeExecute(thread, task);
  }

  @Override
  protected void afterExecute(Runnable task, Throwable failure) {
    super.afterExecute(task, failure);
    Long since = begun.get();
    if (since != null && requestsCome()) {
      rest.accept(Math.min(REST_NANOS_MAX, RESTS_A_WORK * (System.nanoTime() - since)));
    }
    synchronized (turn) {
      running--;
      turn.notify(); // who waits is waked for nothing else, and looks again by himself
    }
  }

  private int most() {
    return requestsCome() ? Math.max(1, slots.atOnce() - 1) : getMaximumPoolSize();
  }

  private boolean requestsCome() {
    return !slots.isQuietFor(QUIET_NANOS);
  }
}
