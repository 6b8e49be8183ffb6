package dev.burgage.node.engine;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Threads for work of our own that many databases are to have, migrations above all: as many as
/// the disk takes side by side while nobody asks anything of the node. While requests come they are
/// so few that a core is left, and rest seven times as long as they compute, which leaves time for
/// what the control plane and the log do about it, and as long as they wait, which leaves the disk
/// to others, too. What the JVM compiles meanwhile counts as their work: in the first minute of a
/// process it is more than what they do themselves. Thread-safe.
public final class BackgroundThreads extends ThreadPoolExecutor {
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LOOK_AGAIN_MILLIS = 100;
  private static final long KEPT_SECONDS = 60;
  private static final int RESTS_A_COMPUTATION = 7;
  private static final long REST_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long REST_OF_COMPILERS_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final StatementSlots slots;
  private final Pause pause;
  private final AtomicLong compiledMillis = new AtomicLong();

  @SuppressWarnings("ThreadLocalUsage") // lives as long as the node, and so do its threads
  private final ThreadLocal<Begun> begun = new ThreadLocal<>();

  private final Object turn = new Object();
  private int running;

  /// @param slots know whether requests come
  /// @param max while none do
  public BackgroundThreads(StatementSlots slots, int max, ThreadFactory threads) {
    this(slots, max, threads, new Pause(LockSupport::parkNanos, processor(), compilers()));
  }

  /// How they rest.
  ///
  /// @param rest does nothing for so many nanoseconds
  /// @param computedNanos how long the calling thread has had a processor so far
  /// @param compiledMillis how long the JVM has compiled so far
  record Pause(LongConsumer rest, LongSupplier computedNanos, LongSupplier compiledMillis) {}

  /// When a task began.
  ///
  /// @param computedNanos of its thread until then
  private record Begun(long nanos, long computedNanos) {}

  private static LongSupplier processor() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported()
        ? threads::getCurrentThreadCpuTime
        : System::nanoTime;
  }

  private static LongSupplier compilers() {
    CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    return compilers != null && compilers.isCompilationTimeMonitoringSupported()
        ? compilers::getTotalCompilationTime
        : () -> 0;
  }

  BackgroundThreads(StatementSlots slots, int max, ThreadFactory threads, Pause pause) {
    super(max, max, KEPT_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    allowCoreThreadTimeOut(true);
    this.slots = slots;
    this.pause = pause;
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
    begun.set(new Begun(System.nanoTime(), pause.computedNanos().getAsLong()));
    super.beforeExecute(thread, task);
  }

  @Override
  protected void afterExecute(Runnable task, Throwable failure) {
    super.afterExecute(task, failure);
    Begun since = begun.get();
    long compiled = compiledNanos();
    if (since != null && requestsCome()) {
      long computed = pause.computedNanos().getAsLong() - since.computedNanos();
      long waited = Math.max(0, System.nanoTime() - since.nanos() - computed);
      pause
          .rest()
          .accept(
              Math.min(REST_NANOS_MAX, RESTS_A_COMPUTATION * computed + waited)
                  + Math.min(REST_OF_COMPILERS_NANOS_MAX, RESTS_A_COMPUTATION * compiled));
    }
    synchronized (turn) {
      running--;
      turn.notify(); // who waits is waked for nothing else, and looks again by himself
    }
  }

  // Since the last task ended, whoever's that was.
  private long compiledNanos() {
    long now = pause.compiledMillis().getAsLong();
    return TimeUnit.MILLISECONDS.toNanos(Math.max(0, now - compiledMillis.getAndSet(now)));
  }

  private int most() {
    return requestsCome() ? Math.max(1, slots.atOnce() - 1) : getMaximumPoolSize();
  }

  private boolean requestsCome() {
    return !slots.isQuietFor(QUIET_NANOS);
  }
}
