package dev.burgage.bench.load;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What one stretch of load gave.
///
/// @param requests answers received, right or wrong
/// @param errors answers that were not 200 or lacked the expected text, and broken connections
/// @param firstError for people: the first wrong answer, or null
/// @param latencies of all answers, in nanoseconds
public record LoadResult(
    long requests,
    long errors,
    @Nullable String firstError,
    long elapsedNanos,
    Histogram latencies) {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final int DIGITS = 3;

  /// A histogram that keeps three digits of any latency.
  public static Histogram newHistogram() {
    return new Histogram(DIGITS);
  }

  public double requestsPerSecond() {
    return requests * NANOS_PER_SECOND / elapsedNanos;
  }

  public double micros(double percentile) {
    return latencies.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
  }
}
