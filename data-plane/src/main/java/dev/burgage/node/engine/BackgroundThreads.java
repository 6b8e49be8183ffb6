package dev.burgage.node.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Threads for work of our own that many databases are to have, migrations above all: as many as
/// the disk takes side by side while nobody asks anything of the node, and so few that a core is
/// left while requests come. Thread-safe.
public final class BackgroundThreads extends ThreadPoolExecutor {
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LOOK_AGAIN_MILLIS = 100;
  private static final long KEPT_SECONDS = 60;

  private final StatementSlots slots;
  private final Object turn = new Object();
  private int running;

  /// @param slots know whether requests come
  /// @param max while none do
  public BackgroundThreads(StatementSlots slots, int max, ThreadFactory threads) {
    super(max, max, KEPT_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    allowCoreThreadTimeOut(true);
    this.slots = slots;
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
    super.beforeExecute(thread, task);
  }

  @Override
  protected void afterExecute(Runnable task, Throwable failure) {
    super.afterExecute(task, failure);
    synchronized (turn) {
      running--;
      turn.notifyAll();
    }
  }

  private int most() {
    return slots.isQuietFor(QUIET_NANOS) ? getMaximumPoolSize() : Math.max(1, slots.atOnce() - 1);
  }
}
