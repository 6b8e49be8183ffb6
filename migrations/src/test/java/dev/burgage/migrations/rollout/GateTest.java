package dev.burgage.migrations.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class GateTest {
  @Test
  void failuresBreakAGateInTheMiddleOfAWave() {
    Gate gate = new Gate(4, null, null, null, false);

    assertThat(gate.breach(1, counts(150, 46, 4, 0, 0), false)).isNull();
    assertThat(
            sentence(gate.breach(1, counts(149, 46, 5, 0, 0), false), "V3__x.sql statement 2: no"))
        .isEqualTo(
            "wave 1 halted: 5 of 200 tenants failed, at most 4 may; most by: V3__x.sql statement 2:"
                + " no");
    assertThat(sentence(gate.breach(0, counts(0, 0, 5, 0, 0), false), null))
        .isEqualTo("wave 0 halted: 5 of 5 tenants failed, at most 4 may");
  }

  @Test
  void percentagesAreOfTheWholeWave() {
    Gate gate = new Gate(null, 2.5, null, null, false);

    assertThat(gate.breach(2, counts(100, 95, 5, 0, 0), false)).isNull();
    assertThat(sentence(gate.breach(2, counts(99, 95, 6, 0, 0), false), null))
        .isEqualTo("wave 2 halted: 6 of 200 tenants failed, at most 2.5 % may");
  }

  @Test
  void invariantsHaveALimitOfTheirOwn() {
    Gate gate = new Gate(10, null, 0, null, false);

    assertThat(sentence(gate.breach(0, counts(0, 9, 1, 1, 0), true), "invariant total"))
        .isEqualTo(
            "wave 0 halted: an invariant failed in 1 of 10 tenants, at most in 0 it may; most by:"
                + " invariant total");
  }

  @Test
  void slownessBreaksAGateAsSoonAsNothingCanMendIt() {
    Gate gate = new Gate(null, null, null, 250L, false);

    assertThat(gate.breach(1, counts(190, 10, 0, 0, 10), false)).isNull();
    assertThat(gate.breach(1, counts(0, 200, 0, 0, 10), true)).isNull();
    assertThat(sentence(gate.breach(1, counts(189, 11, 0, 0, 11), false), "cause"))
        .isEqualTo(
            "wave 1 halted: 11 of 11 migrations took longer than 250 ms, at most one in twenty"
                + " may");
    assertThat(gate.breach(1, counts(0, 200, 0, 0, 11), true)).isNotNull();
  }

  @Test
  void openGateIsNeverBroken() {
    assertThat(Gate.OPEN.breach(0, counts(0, 0, 1000, 1000, 0), true)).isNull();
  }

  @Test
  void limitsThatMakeNoSenseAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Gate(-1, null, null, null, false))
        .withMessage("failuresMax must not be negative; got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Gate(null, 101.0, null, null, false))
        .withMessage("failuresPercentMax must be between 0 and 100; got 101.0");
  }

  @Test
  void quantileIsTheBoundThatNineteenOfTwentyKeep() {
    assertThat(Durations.p95(List.of(0L, 0L))).isEmpty();
    assertThat(Durations.p95(List.of(95L, 5L))).hasValue(1);
    assertThat(Durations.p95(List.of(94L, 6L))).hasValue(2);
  }

  @Test
  void wavesTakeTheirShareAndTheLastTheRest() {
    var shares = List.of(new WaveShare(50, null), new WaveShare(null, 10.0));

    assertThat(WaveShare.ends(1000, 1000, shares)).containsExactly(50L, 150L);
    assertThat(WaveShare.ends(55, 55, shares)).containsExactly(50L, 55L);
    assertThat(WaveShare.ends(3, 3, shares)).containsExactly(3L, 3L);
    assertThatIllegalArgumentException().isThrownBy(() -> new WaveShare(1, 1.0));
    assertThatIllegalArgumentException().isThrownBy(() -> new WaveShare(null, 0.0));
  }

  private static String sentence(@Nullable Breach breach, @Nullable String cause) {
    return Objects.requireNonNull(breach).sentence(cause);
  }

  private static WaveCounts counts(
      long pending, long applied, long failed, long invariantFailures, long slow) {
    return new WaveCounts(
        pending, applied, 7, failed, 0, 3, 0, 0, 0, 0, 0, invariantFailures, slow);
  }
}
