package dev.burgage.control.rollout;

import dev.burgage.migrations.lint.Finding;
import dev.burgage.migrations.rollout.Durations;
import dev.burgage.migrations.rollout.NextStep;
import dev.burgage.migrations.rollout.RolloutState;
import dev.burgage.migrations.rollout.Step;
import dev.burgage.migrations.rollout.WaveCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Shows rollouts. Counts come from the waves' counters, so it costs the same for any number of
/// tenants.
@Component
class RolloutViews {
  private static final String WAVE = "wave";
  private static final String TRICKLE = "trickle";

  private final RolloutRows rows;
  private final TargetPages pages;
  private final RolloutRunning running;

  RolloutViews(RolloutRows rows, TargetPages pages, RolloutRunning running) {
    this.rows = rows;
    this.pages = pages;
    this.running = running;
  }

  /// With the causes of its failures.
  Rollout whole(RolloutRow row) {
    return of(
        row,
        row.status().total().failed() > 0 ? pages.causes(row.id()) : List.of(),
        row.findings());
  }

  Rollout brief(RolloutRow row) {
    return of(row, null, null);
  }

  private Rollout of(
      RolloutRow row, @Nullable List<TargetPages.Cause> causes, @Nullable List<Finding> findings) {
    WaveCounts total = row.status().total();
    String phase = phase(row);
    double rate = rate(row, phase);
    return new Rollout(
        row.id(),
        row.pool(),
        row.version(),
        row.state(),
        phase,
        row.plan(),
        row.why(),
        row.state() == RolloutState.FINISHED ? total.failed() == 0 : null,
        Rollout.Counts.of(total),
        row.waves().stream().map(RolloutViews::wave).toList(),
        Math.round(rate * 10) / 10.0,
        rate == 0 || row.state() != RolloutState.RUNNING
            ? null
            : (long) Math.ceil(total.pending() / rate),
        causes,
        findings,
        options(row.options()),
        runner(row),
        row.times().createdAt(),
        row.times().startedAt(),
        row.times().finishedAt(),
        row.times().undoUntil());
  }

  // Of one that is over, the rate of the whole run: there was no last minute. Of one that stands
  // still none: it would fall with the clock, and whoever follows would hear of a change each time.
  private double rate(RolloutRow row, @Nullable String phase) {
    Instant started = row.times().startedAt();
    Instant finished = row.times().finishedAt();
    boolean moves = WAVE.equals(phase) || TRICKLE.equals(phase);
    if (started == null || (finished == null && !moves)) {
      return 0;
    }
    Instant now = finished == null ? running.now() : finished;
    Instant from = now.minus(Targets.rateWindow());
    Instant since = finished != null || from.isBefore(started) ? started : from;
    // Counted in steps of five seconds: the one in which it began belongs to it.
    long done = rows.doneSince(row.id(), since.minus(Targets.rateStep()));
    return done * 1000.0 / Math.max(1, Duration.between(since, now).toMillis());
  }

  private @Nullable String phase(RolloutRow row) {
    if (row.state() != RolloutState.RUNNING) {
      return null;
    }
    return switch (NextStep.of(row.status(), running.now())) {
      case Step.WaitUntil _ -> "soak";
      case Step.AwaitApproval _ -> "approval";
      case Step.Trickle() -> TRICKLE;
      case Step.LookForLate() -> "late";
      case Step.Rest(),
          Step.OpenWave _,
          Step.Work _,
          Step.EndWave _,
          Step.Halt _,
          Step.Undo(),
          Step.EndUndo(),
          Step.EndAbort() ->
          WAVE;
    };
  }

  private static Rollout.Wave wave(WaveRow row) {
    OptionalLong p95 = Durations.p95(row.durations());
    String state = row.openedAt() == null ? "waiting" : row.endedAt() == null ? "open" : "ended";
    return new Rollout.Wave(
        row.wave(),
        state,
        Rollout.Counts.of(row.counts()),
        row.soak(),
        RolloutRequest.Limits.of(row.gate()),
        p95.isPresent() ? p95.getAsLong() : null,
        row.counts().slow(),
        row.counts().invariantFailures(),
        row.openedAt(),
        row.endedAt(),
        row.approvedBy(),
        row.overridden());
  }

  private static Rollout.Options options(RolloutOptions options) {
    return new Rollout.Options(
        options.select(),
        options.namedCanary().isEmpty() ? null : options.namedCanary(),
        options.parallelPerNode(),
        options.tenantsPerSecondMax(),
        options.invariants(),
        options.dormantAfter(),
        options.undoFor());
  }

  private static Rollout.@Nullable Runner runner(RolloutRow row) {
    RolloutRow.Runner runner = row.runner();
    return runner == null ? null : new Rollout.Runner(runner.name(), runner.since(), runner.busy());
  }
}
