package dev.burgage.migrations.rollout;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A rollout of a few tenants, each of which is kept by itself: what the counters of the real one
/// must amount to. It carries out what the state machine says.
final class ModelRollout {
  /// As the column `state` of the real one.
  enum Is {
    PENDING,
    APPLIED,
    FAILED,
    DORMANT,
    EXCLUDED,
    UNDOING,
    UNDONE
  }

  static final class Target {
    final int wave;
    Is is = Is.PENDING;
    boolean slow;

    Target(int wave) {
      this.wave = wave;
    }
  }

  final List<Target> targets = new ArrayList<>();
  final List<Gate> gates = new ArrayList<>();
  final List<@Nullable Instant> ended = new ArrayList<>();
  final List<Boolean> approved = new ArrayList<>();
  final List<Boolean> overridden = new ArrayList<>();
  RolloutState state = RolloutState.PLANNED;
  int openWave = -1;
  boolean keepsCopies;
  boolean poolMoved;
  int late;
  String said = "";
  Instant now = Instant.EPOCH;

  ModelRollout(Random random) {
    int waves = 1 + random.nextInt(4);
    for (int wave = 0; wave < waves; wave++) {
      gates.add(
          new Gate(
              random.nextBoolean() ? random.nextInt(3) : null,
              random.nextInt(4) == 0 ? (double) random.nextInt(60) : null,
              null,
              random.nextInt(4) == 0 ? 100L : null,
              random.nextInt(3) == 0));
      ended.add(null);
      approved.add(false);
      overridden.add(false);
      for (int i = random.nextInt(8); i > 0; i--) {
        targets.add(new Target(wave));
      }
    }
    keepsCopies = random.nextBoolean();
    late = random.nextInt(3);
  }

  RolloutStatus status() {
    List<WaveStatus> waves = new ArrayList<>();
    for (int wave = 0; wave < gates.size(); wave++) {
      waves.add(
          new WaveStatus(
              wave,
              counts(wave),
              gates.get(wave),
              Duration.ofSeconds(wave),
              ended.get(wave),
              approved.get(wave),
              overridden.get(wave)));
    }
    return new RolloutStatus(state, "plan", openWave, waves, keepsCopies ? Instant.MAX : null);
  }

  long count(int wave, Is is) {
    return targets.stream().filter(t -> t.wave == wave && t.is == is).count();
  }

  long count(Is is) {
    return targets.stream().filter(t -> t.is == is).count();
  }

  private WaveCounts counts(int wave) {
    return new WaveCounts(
        count(wave, Is.PENDING),
        count(wave, Is.APPLIED),
        0,
        count(wave, Is.FAILED),
        count(wave, Is.DORMANT),
        count(wave, Is.EXCLUDED),
        count(wave, Is.UNDOING),
        count(wave, Is.UNDONE),
        0,
        0,
        0,
        0,
        targets.stream().filter(t -> t.wave == wave && t.is == Is.APPLIED && t.slow).count());
  }

  void carryOut(Verb verb, Decision decision, Random random) {
    if (!(decision instanceof Decision.Becomes(RolloutState to, Decision.Effect effect))) {
      return;
    }
    switch (effect) {
      case NONE -> {}
      case OVERRIDE_GATES -> {
        for (WaveStatus wave : status().opened()) {
          if (wave.breach(wave.endedAt() != null) != null) {
            overridden.set(wave.index(), true);
          }
        }
      }
      case UNDO_ALL -> {
        move(Is.APPLIED, Is.UNDOING);
        move(Is.DORMANT, Is.UNDOING);
      }
      case FORGET_DORMANT -> move(Is.DORMANT, Is.UNDOING);
    }
    switch (verb) {
      case Verb.Retry() -> {
        for (Target target : targets) {
          if (target.is == Is.FAILED) {
            target.is = Is.PENDING;
            ended.set(target.wave, null);
          }
        }
      }
      case Verb.Exclude() -> one(random, Is.EXCLUDED);
      case Verb.MarkApplied() -> one(random, Is.APPLIED);
      case Verb.Approve(int wave) -> approved.set(wave, true);
      case Verb.Start _, Verb.Pause _, Verb.Resume _, Verb.Abort _ -> {}
    }
    state = to;
  }

  private void one(Random random, Is to) {
    List<Target> open =
        targets.stream().filter(t -> t.is == Is.PENDING || t.is == Is.FAILED).toList();
    if (!open.isEmpty()) {
      open.get(random.nextInt(open.size())).is = to;
    }
  }

  private void move(Is from, Is to) {
    targets.stream().filter(t -> t.is == from).forEach(t -> t.is = to);
  }

  void carryOut(Step step, Random random) {
    switch (step) {
      case Step.Rest(), Step.AwaitApproval _ -> {}
      case Step.OpenWave(int wave, boolean isLast) -> {
        openWave = wave;
        poolMoved |= isLast;
      }
      case Step.Work(int wave) -> batch(wave, Is.PENDING, random);
      case Step.EndWave(int wave) -> ended.set(wave, now);
      case Step.WaitUntil(Instant time) -> now = time;
      case Step.Halt(Breach breach) -> {
        state = RolloutState.HALTED;
        said = breach.sentence(null);
      }
      case Step.Trickle() ->
          targets.stream()
              .filter(t -> t.is == Is.DORMANT)
              .findFirst()
              .ifPresent(t -> t.is = random.nextInt(4) == 0 ? Is.FAILED : Is.APPLIED);
      case Step.LookForLate() -> look();
      case Step.Undo() -> batch(-1, Is.UNDOING, random);
      case Step.EndUndo() -> state = RolloutState.UNDONE;
      case Step.EndAbort() -> state = RolloutState.ABORTED;
    }
  }

  private void look() {
    if (late == 0) {
      state = RolloutState.FINISHED;
      return;
    }
    late--;
    targets.add(new Target(gates.size() - 1));
    ended.set(gates.size() - 1, null);
  }

  private void batch(int wave, Is from, Random random) {
    int left = 1 + random.nextInt(3);
    for (Target target : targets) {
      if (target.is == from && (wave < 0 || target.wave == wave) && left-- > 0) {
        target.is = outcome(from, random);
        target.slow = random.nextInt(5) == 0;
      }
    }
  }

  private static Is outcome(Is from, Random random) {
    if (from == Is.UNDOING) {
      return Is.UNDONE;
    }
    return switch (random.nextInt(6)) {
      case 0 -> Is.FAILED;
      case 1 -> Is.DORMANT;
      default -> Is.APPLIED;
    };
  }
}
