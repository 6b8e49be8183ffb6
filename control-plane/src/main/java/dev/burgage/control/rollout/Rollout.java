package dev.burgage.control.rollout;

import dev.burgage.protocol.PoolName;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A rollout as callers see it.
@Schema(description = "One run that brings the tenants of a pool to a version.")
record Rollout(
    UUID id,
    @Schema(type = "string", example = "shop") PoolName pool,
    @Schema(example = "3") String version,
    @Schema(
            type = "string",
            allowableValues = {"planned", "running", "finished"})
        RolloutState state,
    @Schema(description = "Whether no tenant failed; only when it has finished.")
        @Nullable Boolean succeeded,
    Counts counts,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Schema(description = "Tenants that nodes have answered for, over the time so far.")
        double tenantsPerSecond) {
  private static final double MILLIS = 1000;

  static Rollout of(RolloutRow row, List<TargetRepository.StateCount> counted, Instant now) {
    Counts counts = Counts.of(counted);
    boolean finished = row.state() == RolloutState.FINISHED;
    long visited = counted.stream().mapToLong(TargetRepository.StateCount::getVisited).sum();
    Instant end = row.finishedAt().orElse(now);
    double perSecond =
        row.startedAt()
            .map(start -> visited * MILLIS / Math.max(1, Duration.between(start, end).toMillis()))
            .orElse(0.0);
    return new Rollout(
        row.getId(),
        row.pool(),
        row.version(),
        row.state(),
        finished ? counts.failed() == 0 : null,
        counts,
        row.createdAt(),
        row.startedAt().orElse(null),
        row.finishedAt().orElse(null),
        Math.round(perSecond * 10) / 10.0);
  }

  @Schema(description = "How many tenants are in each state.")
  record Counts(
      long pending,
      long applied,
      @Schema(description = "They had the version already.") long upToDate,
      long failed) {
    static Counts of(List<TargetRepository.StateCount> counted) {
      Map<TargetState, Long> counts = new EnumMap<>(TargetState.class);
      counted.forEach(
          count -> counts.put(TargetState.ofColumn(count.getState()), count.getTargets()));
      return new Counts(
          counts.getOrDefault(TargetState.PENDING, 0L),
          counts.getOrDefault(TargetState.APPLIED, 0L),
          counts.getOrDefault(TargetState.UP_TO_DATE, 0L),
          counts.getOrDefault(TargetState.FAILED, 0L));
    }
  }
}
