package dev.burgage.migrations.rollout;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a rollout needs next. Each step, once done and recorded, makes another one the next.
public final class NextStep {
  private NextStep() {}

  public static Step of(RolloutStatus status, Instant now) {
    return switch (status.state()) {
      case RUNNING -> running(status, now);
      case UNDOING -> undo(status, new Step.EndUndo());
      case ABORTING -> undo(status, new Step.EndAbort());
      case PLANNED, PAUSED, HALTED, FINISHED, ABORTED, UNDONE -> new Step.Rest();
    };
  }

  private static Step undo(RolloutStatus status, Step end) {
    return status.total().undoing() > 0 ? new Step.Undo() : end;
  }

  private static Step running(RolloutStatus status, Instant now) {
    if (status.openWave() < 0) {
      return new Step.OpenWave(0, status.lastWave() == 0);
    }
    Breach breach = status.breach();
    if (breach != null) {
      return new Step.Halt(breach);
    }
    Optional<WaveStatus> pending =
        status.opened().stream().filter(wave -> wave.counts().pending() > 0).findFirst();
    return pending
        .<Step>map(wave -> new Step.Work(wave.index()))
        .orElseGet(() -> afterWork(status, now));
  }

  private static Step afterWork(RolloutStatus status, Instant now) {
    for (WaveStatus wave : status.opened()) {
      if (wave.endedAt() == null) {
        return new Step.EndWave(wave.index());
      }
    }
    WaveStatus open = status.waves().get(status.openWave());
    Instant soaked = soaked(open);
    if (soaked != null && soaked.isAfter(now)) {
      return new Step.WaitUntil(soaked);
    }
    if (open.gate().approval() && !open.approved()) {
      return new Step.AwaitApproval(open.index());
    }
    if (open.index() < status.lastWave()) {
      return new Step.OpenWave(open.index() + 1, open.index() + 1 == status.lastWave());
    }
    return status.total().dormant() > 0 ? new Step.Trickle() : new Step.LookForLate();
  }

  private static @Nullable Instant soaked(WaveStatus wave) {
    return wave.endedAt() == null ? null : wave.endedAt().plus(wave.soak());
  }
}
