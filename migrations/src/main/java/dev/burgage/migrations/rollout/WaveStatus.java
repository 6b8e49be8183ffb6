package dev.burgage.migrations.rollout;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A wave at one moment.
///
/// @param soak how long to wait after its end, for what shows only in use
/// @param endedAt since when none of its targets is pending; null if some is, or nobody looked yet
/// @param approved whether somebody let the rollout pass
/// @param overridden whether somebody resumed the rollout although its gate is broken
public record WaveStatus(
    int index,
    WaveCounts counts,
    Gate gate,
    Duration soak,
    @Nullable Instant endedAt,
    boolean approved,
    boolean overridden) {
  @Nullable Breach breach(boolean ended) {
    return overridden ? null : gate.breach(index, counts, ended);
  }
}
