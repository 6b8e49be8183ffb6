package dev.burgage.system;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Waiting for named conditions. The bound is there to end a broken test, not to measure anything.
final class Await {
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Await() {}

  /// May throw as long as it does not hold: a service that is down is no failure yet.
  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }

  static void until(String what, Condition condition) {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    Throwable last = null;
    while (System.nanoTime() < deadline) {
      try {
        if (condition.holds()) {
          return;
        }
        last = null;
      } catch (InterruptedException e) {
        throw interrupted(what, e);
      } catch (Exception e) {
        last = e;
      }
      pause(what);
    }
    throw missed(what, last);
  }

  private static AssertionError missed(String what, @Nullable Throwable last) {
    return new AssertionError("not within %s: %s".formatted(LONGEST, what), last);
  }

  private static void pause(String what) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
  }

  private static IllegalStateException interrupted(String what, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting: " + what, e);
  }
}
