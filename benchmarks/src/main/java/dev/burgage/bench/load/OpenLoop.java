package dev.burgage.bench.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Load at a fixed rate: actions start on time whether or not those before them have ended. An
/// action measures from its *intended* start, so that a server's pause counts for every action that
/// fell into it (no coordinated omission).
public final class OpenLoop {
  private static final double NANOS_PER_SECOND = 1e9;

  private OpenLoop() {}

  /// One action, run in a virtual thread of its own.
  @FunctionalInterface
  public interface Action {
    /// @param intendedNanos when it should have started, by [System#nanoTime()]
    void run(int index, long intendedNanos) throws Exception;
  }

  /// @param failed actions that threw
  /// @param firstFailure null if none did
  public record Outcome(long failed, @Nullable Throwable firstFailure, long elapsedNanos) {}

  /// Starts `count` actions, `perSecond` of them a second, and waits for all to end.
  public static Outcome run(double perSecond, int count, Action action)
      throws InterruptedException {
    var failed = new AtomicLong();
    var firstFailure = new AtomicReference<@Nullable Throwable>();
    var left = new CountDownLatch(count);
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      int index = i;
      long intended = start + (long) (i * NANOS_PER_SECOND / perSecond);
      waitUntil(intended);
      Thread.startVirtualThread(() -> {
        try {
          action.run(index, intended);
        } catch (Exception e) {
          failed.incrementAndGet();
          firstFailure.compareAndSet(null, e);
        } finally {
          left.countDown();
        }
      });
    }
    left.await();
    return new Outcome(failed.get(), firstFailure.get(), System.nanoTime() - start);
  }

  private static void waitUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
