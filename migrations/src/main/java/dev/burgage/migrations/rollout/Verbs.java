package dev.burgage.migrations.rollout;

import dev.burgage.migrations.rollout.Decision.Becomes;
import dev.burgage.migrations.rollout.Decision.Effect;
import dev.burgage.migrations.rollout.Decision.Refused;
import dev.burgage.migrations.rollout.Decision.Stays;
import java.time.Instant;

/// Which verb makes sense in which state. A verb that has been done already changes nothing.
public final class Verbs {
  private Verbs() {}

  public static Decision decide(RolloutStatus status, Verb verb, Instant now) {
    return switch (verb) {
      case Verb.Start(String plan) -> start(status, plan);
      case Verb.Pause() -> pause(status);
      case Verb.Resume() -> resume(status);
      case Verb.Abort(boolean undo) -> undo ? undo(status, now) : abort(status);
      case Verb.Retry() -> retry(status);
      case Verb.Exclude() -> touch(status, "exclude", false);
      case Verb.MarkApplied() -> touch(status, "mark as applied", true);
      case Verb.Approve(int wave) -> approve(status, wave);
    };
  }

  private static Decision start(RolloutStatus status, String plan) {
    if (!status.plan().equals(plan)) {
      return new Refused(
          "its plan is \"%s\", not \"%s\"; look at the plan and start that"
              .formatted(status.plan(), plan));
    }
    return status.state() == RolloutState.PLANNED ? becomes(RolloutState.RUNNING) : new Stays();
  }

  private static Decision pause(RolloutStatus status) {
    return switch (status.state()) {
      case RUNNING -> becomes(RolloutState.PAUSED);
      case PAUSED -> new Stays();
      case HALTED -> new Refused("it is halted, which stops it already; resume, retry or abort it");
      case PLANNED -> notStarted();
      case UNDOING, ABORTING -> ending(status);
      case FINISHED, ABORTED, UNDONE -> over(status);
    };
  }

  private static Decision resume(RolloutStatus status) {
    return switch (status.state()) {
      case PAUSED -> becomes(RolloutState.RUNNING);
      case HALTED ->
          new Becomes(
              RolloutState.RUNNING, status.breach() == null ? Effect.NONE : Effect.OVERRIDE_GATES);
      case RUNNING -> new Stays();
      case PLANNED -> notStarted();
      case UNDOING, ABORTING -> ending(status);
      case FINISHED, ABORTED, UNDONE -> over(status);
    };
  }

  private static Decision abort(RolloutStatus status) {
    return switch (status.state()) {
      case PLANNED -> becomes(RolloutState.ABORTED);
      case RUNNING, PAUSED, HALTED ->
          status.openWave() < 0
              ? becomes(RolloutState.ABORTED) // nothing was ordered
              : new Becomes(RolloutState.ABORTING, Effect.FORGET_DORMANT);
      case UNDOING -> ending(status);
      case ABORTING, ABORTED -> new Stays();
      case FINISHED ->
          new Refused("it is finished, so there is nothing left to abort; undo can put it back");
      case UNDONE -> over(status);
    };
  }

  private static Decision undo(RolloutStatus status, Instant now) {
    return switch (status.state()) {
      case PLANNED -> becomes(RolloutState.ABORTED);
      case RUNNING, PAUSED, HALTED, FINISHED -> undoIfInTime(status, now);
      // One that was never started has changed nothing.
      case ABORTED -> status.openWave() < 0 ? new Stays() : undoIfInTime(status, now);
      case UNDOING -> new Stays();
      case ABORTING -> new Refused("it is being aborted; undo it when that has ended");
      case UNDONE -> status.total().undoFailed() > 0 ? undoIfInTime(status, now) : new Stays();
    };
  }

  private static Decision undoIfInTime(RolloutStatus status, Instant now) {
    if (status.undoUntil() == null) {
      return new Refused(
          "it cannot be undone, because that was not wanted (undoFor); write a migration that goes"
              + " back, or abort it without undo");
    }
    if (!status.undoUntil().isAfter(now)) {
      return new Refused(
          "it could be undone until %s; write a migration that goes back"
              .formatted(status.undoUntil()));
    }
    return new Becomes(RolloutState.UNDOING, Effect.UNDO_ALL);
  }

  private static Decision retry(RolloutStatus status) {
    boolean failed = status.total().failed() > 0;
    return switch (status.state()) {
      case RUNNING, PAUSED -> failed ? becomes(status.state()) : new Stays();
      case HALTED, FINISHED -> failed ? becomes(RolloutState.RUNNING) : new Stays();
      case PLANNED -> notStarted();
      case UNDOING, ABORTING -> ending(status);
      case ABORTED, UNDONE -> over(status);
    };
  }

  private static Decision touch(RolloutStatus status, String what, boolean alsoFinished) {
    return switch (status.state()) {
      case RUNNING, PAUSED, HALTED -> becomes(status.state());
      case PLANNED ->
          new Refused(
              "it is not started, and its targets are part of its plan; plan another without these"
                  + " tenants");
      case UNDOING, ABORTING -> ending(status);
      case FINISHED ->
          alsoFinished
              ? becomes(status.state())
              : new Refused("it is finished; nothing is left to %s".formatted(what));
      case ABORTED, UNDONE -> over(status);
    };
  }

  private static Decision approve(RolloutStatus status, int wave) {
    if (wave < 0 || wave > status.lastWave()) {
      return new Refused(
          "it has no wave %d; its waves are 0 to %d".formatted(wave, status.lastWave()));
    }
    WaveStatus of = status.waves().get(wave);
    if (!of.gate().approval()) {
      return new Refused("wave %d needs no approval".formatted(wave));
    }
    if (of.approved()) {
      return new Stays();
    }
    return switch (status.state()) {
      case RUNNING, PAUSED, HALTED ->
          wave <= status.openWave()
              ? becomes(status.state())
              : new Refused(
                  "wave %d is not open yet; approve it when it has ended".formatted(wave));
      case PLANNED -> notStarted();
      case UNDOING, ABORTING -> ending(status);
      case FINISHED, ABORTED, UNDONE -> over(status);
    };
  }

  private static Decision becomes(RolloutState state) {
    return new Becomes(state, Effect.NONE);
  }

  private static Decision notStarted() {
    return new Refused("it is not started; start it with its plan's id, or abort it");
  }

  private static Decision ending(RolloutStatus status) {
    return new Refused("it is %s; wait until that has ended".formatted(status.state()));
  }

  private static Decision over(RolloutStatus status) {
    return new Refused("it is %s; plan another rollout".formatted(status.state()));
  }
}
