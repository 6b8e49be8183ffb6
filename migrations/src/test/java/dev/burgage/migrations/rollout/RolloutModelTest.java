package dev.burgage.migrations.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.rollout.ModelRollout.Is;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random verbs and outcomes, held against a model that keeps every tenant by itself.
final class RolloutModelTest {
  private static final int ROLLOUTS = 3_000;
  private static final int TURNS = 60;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 20_261_122})
  void whateverIsSaidAndHappensTheRolloutKeepsItsRules(long seed) {
    Random random = new Random(seed);
    int finished = 0;
    int halted = 0;
    for (int i = 0; i < ROLLOUTS; i++) {
      ModelRollout rollout = new ModelRollout(random);
      int size = rollout.targets.size() + rollout.late;
      for (int turn = 0; turn < TURNS; turn++) {
        if (random.nextInt(3) == 0) {
          say(rollout, verb(random, rollout), random);
        } else {
          go(rollout, random);
        }
        assertThat(rollout.targets.size() + rollout.late).isEqualTo(size);
      }
      finished += rollout.state == RolloutState.FINISHED ? 1 : 0;
      halted += rollout.said.isEmpty() ? 0 : 1;
    }
    assertThat(finished).isGreaterThan(ROLLOUTS / 20);
    assertThat(halted).isGreaterThan(ROLLOUTS / 20);
  }

  @Test
  void rolloutThatNobodyStopsEndsWithNobodyLeftBehind() {
    Random random = new Random(7);
    for (int i = 0; i < ROLLOUTS; i++) {
      ModelRollout rollout = new ModelRollout(random);
      say(rollout, new Verb.Start("plan"), random);
      for (int turn = 0; turn < 1_000 && !rollout.state.isOver(); turn++) {
        if (rollout.state == RolloutState.HALTED) {
          say(rollout, new Verb.Resume(), random);
        }
        if (NextStep.of(rollout.status(), rollout.now) instanceof Step.AwaitApproval(int wave)) {
          say(rollout, new Verb.Approve(wave), random);
        }
        go(rollout, random);
      }
      assertThat(rollout.state).isEqualTo(RolloutState.FINISHED);
      assertThat(rollout.targets).allMatch(t -> t.is == Is.APPLIED || t.is == Is.FAILED);
      assertThat(rollout.poolMoved).isTrue();
      assertThat(rollout.late).isZero();
    }
  }

  private static void say(ModelRollout rollout, Verb verb, Random random) {
    RolloutState before = rollout.state;
    Decision decision = Verbs.decide(rollout.status(), verb, rollout.now);
    rollout.carryOut(verb, decision, random);
    switch (decision) {
      case Decision.Stays() -> assertThat(rollout.state).isEqualTo(before);
      case Decision.Refused(String sentence) ->
          assertThat(sentence).as("of %s in %s", verb, before).contains(" ").doesNotContain("null");
      case Decision.Becomes(RolloutState to, var _) -> {
        assertThat(isAllowed(rollout, before, to)).as("%s: %s to %s", verb, before, to).isTrue();
        if (!(verb instanceof Verb.Exclude || verb instanceof Verb.MarkApplied)) {
          assertThat(Verbs.decide(rollout.status(), verb, rollout.now))
              .as("%s said again in %s", verb, to)
              .isEqualTo(new Decision.Stays());
        }
      }
    }
  }

  private static boolean isAllowed(ModelRollout rollout, RolloutState from, RolloutState to) {
    return switch (from) {
      case PLANNED -> to == RolloutState.RUNNING || to == RolloutState.ABORTED;
      case RUNNING, PAUSED, HALTED ->
          to == from
              || List.of(
                      RolloutState.RUNNING,
                      RolloutState.PAUSED,
                      RolloutState.UNDOING,
                      rollout.openWave < 0 ? RolloutState.ABORTED : RolloutState.ABORTING)
                  .contains(to);
      case FINISHED -> to == from || to == RolloutState.RUNNING || to == RolloutState.UNDOING;
      case ABORTED -> to == RolloutState.UNDOING;
      case UNDOING, ABORTING, UNDONE -> false;
    };
  }

  private static void go(ModelRollout rollout, Random random) {
    Step step = NextStep.of(rollout.status(), rollout.now);
    check(rollout, step);
    rollout.carryOut(step, random);
  }

  private static void check(ModelRollout rollout, Step step) {
    int broken = broken(rollout);
    if (rollout.state == RolloutState.RUNNING && rollout.openWave >= 0) {
      assertThat(step instanceof Step.Halt).isEqualTo(broken >= 0);
    }
    switch (step) {
      case Step.Halt(Breach breach) -> {
        assertThat(breach.wave()).isEqualTo(broken);
        assertThat(breach.sentence(null)).isEqualTo(sentence(rollout, broken));
      }
      case Step.OpenWave(int wave, boolean isLast) -> {
        assertThat(wave).isEqualTo(rollout.openWave + 1);
        assertThat(isLast).isEqualTo(wave == rollout.gates.size() - 1);
        for (int before = 0; before < wave; before++) {
          assertThat(rollout.count(before, Is.PENDING)).isZero();
        }
        if (wave > 0) {
          assertThat(rollout.gates.get(wave - 1).approval())
              .isIn(false, rollout.approved.get(wave - 1));
        }
      }
      case Step.Work(int wave) -> assertThat(rollout.count(wave, Is.PENDING)).isPositive();
      case Step.LookForLate() -> {
        assertThat(rollout.count(Is.PENDING)).isZero();
        assertThat(rollout.count(Is.DORMANT)).isZero();
        assertThat(rollout.poolMoved).isTrue();
      }
      case Step.EndUndo() -> {
        assertThat(rollout.count(Is.UNDOING)).isZero();
        assertThat(rollout.count(Is.APPLIED)).isZero();
      }
      case Step.EndAbort() -> {
        assertThat(rollout.count(Is.UNDOING)).isZero();
        assertThat(rollout.count(Is.DORMANT)).isZero();
      }
      case Step.Rest(),
          Step.EndWave _,
          Step.WaitUntil _,
          Step.AwaitApproval _,
          Step.Trickle(),
          Step.Undo() -> {}
    }
  }

  // The rules once more, in the plainest words.
  private static int broken(ModelRollout rollout) {
    for (int wave = 0; wave <= rollout.openWave; wave++) {
      if (!rollout.overridden.get(wave) && !sentence(rollout, wave).isEmpty()) {
        return wave;
      }
    }
    return -1;
  }

  private static String sentence(ModelRollout rollout, int wave) {
    Gate gate = rollout.gates.get(wave);
    long failed = rollout.count(wave, Is.FAILED);
    long applied = rollout.count(wave, Is.APPLIED);
    long all = failed + applied + rollout.count(wave, Is.PENDING) + rollout.count(wave, Is.DORMANT);
    String of = all == 1 ? "1 tenant" : all + " tenants";
    if (gate.failuresMax() != null && failed > gate.failuresMax()) {
      return "wave %d halted: %d of %s failed, at most %d may"
          .formatted(wave, failed, of, gate.failuresMax());
    }
    if (gate.failuresPercentMax() != null && 100.0 * failed / all > gate.failuresPercentMax()) {
      return "wave %d halted: %d of %s failed, at most %d %% may"
          .formatted(wave, failed, of, gate.failuresPercentMax().intValue());
    }
    long slow =
        rollout.targets.stream()
            .filter(t -> t.wave == wave && t.is == Is.APPLIED && t.slow)
            .count();
    boolean tooSlow = rollout.ended.get(wave) == null ? slow > all / 20.0 : slow > applied / 20.0;
    return gate.p95MillisMax() != null && tooSlow
        ? "wave %d halted: %d of %d migrations took longer than 100 ms, at most one in twenty may"
            .formatted(wave, slow, applied)
        : "";
  }

  private static Verb verb(Random random, ModelRollout rollout) {
    return switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> new Verb.Start(random.nextInt(5) == 0 ? "other" : "plan");
      case 4 -> new Verb.Pause();
      case 5, 6, 7 -> new Verb.Resume();
      case 8 -> new Verb.Abort(random.nextBoolean());
      case 9 -> new Verb.Retry();
      case 10 -> new Verb.Exclude();
      case 11 -> new Verb.MarkApplied();
      default -> new Verb.Approve(random.nextInt(rollout.gates.size() + 1) - random.nextInt(2));
    };
  }
}
