package dev.burgage.control.rollout;

import dev.burgage.migrations.rollout.Gate;
import dev.burgage.migrations.rollout.WaveCounts;
import dev.burgage.migrations.rollout.WaveStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A row of table `rollout_wave`.
///
/// @param durations of the applied, counted in the buckets of
///   [dev.burgage.migrations.rollout.Durations]
record WaveRow(
    int wave,
    Gate gate,
    Duration soak,
    WaveCounts counts,
    List<Long> durations,
    @Nullable Instant openedAt,
    @Nullable Instant endedAt,
    @Nullable String approvedBy,
    boolean overridden) {
  WaveStatus status() {
    return new WaveStatus(wave, counts, gate, soak, endedAt, approvedBy != null, overridden);
  }
}
