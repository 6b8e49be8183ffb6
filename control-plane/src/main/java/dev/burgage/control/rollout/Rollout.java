package dev.burgage.control.rollout;

import dev.burgage.migrations.lint.Finding;
import dev.burgage.migrations.rollout.RolloutState;
import dev.burgage.migrations.rollout.WaveCounts;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.migration.Invariant;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
            allowableValues = {
              "planned",
              "running",
              "paused",
              "halted",
              "undoing",
              "aborting",
              "finished",
              "aborted",
              "undone"
            })
        RolloutState state,
    @Schema(
            description = "What a running one is at.",
            allowableValues = {"wave", "soak", "approval", "trickle", "late"})
        @Nullable String phase,
    @Schema(description = "Names what was decided; starting it needs this.") String plan,
    @Schema(description = "Why it has halted.") @Nullable String why,
    @Schema(description = "Whether no tenant failed; only when it has finished.")
        @Nullable Boolean succeeded,
    Counts counts,
    List<Wave> waves,
    @Schema(description = "Tenants that nodes answered for, over the last minute.")
        double tenantsPerSecond,
    @Schema(description = "Until nothing is pending, at that rate; soaks and gates come on top.")
        @Nullable Long etaSeconds,
    @Schema(description = "What tenants failed by, most frequent first; not in lists.")
        @Nullable List<TargetPages.Cause> causes,
    @Schema(description = "What lint said of its migrations when it was planned; not in lists.")
        @Nullable List<Finding> findings,
    Options options,
    @Nullable Runner runner,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Schema(description = "Until when it can be undone; null if that was not wanted.")
        @Nullable Instant undoUntil) {

  @Schema(name = "RolloutCounts", description = "How many tenants are in each state.")
  record Counts(
      long pending,
      long applied,
      @Schema(description = "They had the version already.") long upToDate,
      long failed,
      @Schema(description = "They are migrated before their next use.") long dormant,
      long excluded,
      @Schema(description = "To be put back.") long undoing,
      @Schema(description = "As they were before.") long undone,
      @Schema(description = "Written to after the migration, so not put back.") long written,
      @Schema(
              description =
                  "Their state of before is not kept, or is not the rollout's to take back.")
          long notKept,
      long undoFailed) {
    static Counts of(WaveCounts counts) {
      return new Counts(
          counts.pending(),
          counts.applied(),
          counts.upToDate(),
          counts.failed(),
          counts.dormant(),
          counts.excluded(),
          counts.undoing(),
          counts.undone(),
          counts.written(),
          counts.notKept(),
          counts.undoFailed());
    }
  }

  @Schema(name = "RolloutWave", description = "A part of a rollout; the first one is wave 0.")
  record Wave(
      int wave,
      @Schema(allowableValues = {"waiting", "open", "ended"}) String state,
      Counts counts,
      @Schema(type = "string", example = "PT5M") Duration soak,
      RolloutRequest.Limits gate,
      @Schema(description = "19 of 20 migrations took no longer, in steps of up to 1.7 times.")
          @Nullable Long p95Millis,
      @Schema(description = "Migrations that took longer than the gate has them take.") long slow,
      long invariantFailures,
      @Nullable Instant openedAt,
      @Nullable Instant endedAt,
      @Nullable String approvedBy,
      @Schema(description = "Whether its gate was broken and somebody resumed all the same.")
          boolean overridden) {}

  @Schema(name = "RolloutOptions", description = "How it was planned.")
  record Options(
      RolloutOptions.@Nullable Selection select,
      @Nullable List<String> canaryTenants,
      int parallelPerNode,
      @Nullable Double tenantsPerSecondMax,
      List<Invariant> invariants,
      @Schema(type = "string") @Nullable Duration dormantAfter,
      @Schema(type = "string") @Nullable Duration undoFor) {}

  @Schema(name = "RolloutRunner", description = "The control plane that works at it, or did last.")
  record Runner(String name, @Nullable Instant since, boolean busy) {}
}
