package dev.burgage.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// Time as the client sees it: a clock, a way to wait, and chance for spreading attempts.
///
/// @param nanoTime a clock that only goes forward, in nanoseconds
/// @param chance uniform in [0, 1)
record Pacing(LongSupplier nanoTime, Sleep sleep, DoubleSupplier chance) {
  private static final Duration FIRST_PAUSE_MAX = Duration.ofMillis(50);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(1);

  /// Waits that long.
  interface Sleep {
    void sleep(Duration pause) throws InterruptedException;
  }

  /// Pauses between attempts, from now until the time is over.
  Pauses pausesFor(Duration whole) {
    return new Pauses(nanoTime.getAsLong() + whole.toNanos());
  }

  /// Pauses that grow up to a second, each random between nothing and its most ("full jitter"), so
  /// that clients that were turned away together do not come back together. Not thread-safe.
  final class Pauses {
    private final long deadline;
    private Duration most = FIRST_PAUSE_MAX;

    private Pauses(long deadline) {
      this.deadline = deadline;
    }

    /// Waits for the next attempt, at least for the time that the server asked for.
    ///
    /// @return false, at once, if the wait would end after the deadline; false too if the thread
    ///   was interrupted, whose flag is set again
    boolean next(Duration asked) {
      Duration pause = asked.plusNanos((long) (most.toNanos() * chance.getAsDouble()));
      if (deadline - nanoTime.getAsLong() <= pause.toNanos()) {
        return false;
      }
      most = most.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? most.multipliedBy(2) : PAUSE_MAX;
      try {
        sleep.sleep(pause);
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
