package dev.burgage.migrations.rollout;

import java.util.List;
import java.util.OptionalLong;

/// Durations of migrations counted in fixed buckets, so that a quantile of a million of them costs
/// nothing. Bucket *i* counts those above bound *i - 1* and up to bound *i*; the last one all
/// above.
public final class Durations {
  /// In milliseconds.
  public static final List<Long> BOUNDS =
      List.of(
          1L, 2L, 3L, 5L, 7L, 10L, 15L, 20L, 30L, 50L, 70L, 100L, 150L, 200L, 300L, 500L, 700L,
          1_000L, 1_500L, 2_000L, 3_000L, 5_000L, 10_000L, 30_000L, 60_000L, 300_000L);

  private Durations() {}

  /// The bound that 95 of 100 do not exceed; empty if nothing was counted. Those above the last
  /// bound count as twice that.
  public static OptionalLong p95(List<Long> counts) {
    long total = counts.stream().mapToLong(Long::longValue).sum();
    long seen = 0;
    for (int i = 0; i < counts.size(); i++) {
      seen += counts.get(i);
      if (total > 0 && seen * 20 >= total * 19) {
        return OptionalLong.of(i < BOUNDS.size() ? BOUNDS.get(i) : 2 * BOUNDS.getLast());
      }
    }
    return OptionalLong.empty();
  }
}
