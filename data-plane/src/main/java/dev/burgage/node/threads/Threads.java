package dev.burgage.node.threads;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The node's platform threads: each pool has a name and a bound, and is empty when idle.
public final class Threads {
  private Threads() {}

  /// A pool in which any number of tasks may wait.
  public static ExecutorService pool(String name, int max) {
    return pool(name, max, Integer.MAX_VALUE);
  }

  /// @param waiting tasks that may wait for a thread; one more is refused
  public static ExecutorService pool(String name, int max, int waiting) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            max, max, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(waiting), daemon(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /// Waits until they have ended, however often the caller is interrupted meanwhile; he is
  /// interrupted then.
  public static void join(Thread... threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Of work that can wait, also for the operating system, if the JVM tells it (see the launcher).
  @SuppressWarnings("ThreadPriorityCheck") // nothing is wrong if nobody heeds it, only slower
  public static ThreadFactory patient(String name) {
    return Thread.ofPlatform().name(name + "-", 1).daemon().priority(Thread.MIN_PRIORITY).factory();
  }

  /// Of work that requests wait for, or that takes little.
  public static ThreadFactory daemon(String name) {
    return Thread.ofPlatform().name(name + "-", 1).daemon().factory();
  }
}
