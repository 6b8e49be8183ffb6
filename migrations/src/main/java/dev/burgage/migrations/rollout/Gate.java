package dev.burgage.migrations.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;

/// What must hold of a wave for the rollout to go on. What is null is not looked at. The first
/// three are held against a wave all the time, the fourth when it has ended too.
///
/// @param failuresMax tenants of the wave that may fail
/// @param failuresPercentMax of the wave's tenants
/// @param invariantFailuresMax tenants in which an invariant may fail
/// @param p95MillisMax 19 of 20 migrations must take no longer
/// @param approval whether somebody must say that the rollout may go on
public record Gate(
    @Nullable Integer failuresMax,
    @Nullable Double failuresPercentMax,
    @Nullable Integer invariantFailuresMax,
    @Nullable Long p95MillisMax,
    boolean approval) {
  /// Nothing stops.
  public static final Gate OPEN = new Gate(null, null, null, null, false);

  /// For waves that have another after them and about which nothing was said.
  public static final Gate NO_FAILURE = new Gate(0, null, null, null, false);

  public Gate {
    atLeastZero("failuresMax", failuresMax);
    atLeastZero("invariantFailuresMax", invariantFailuresMax);
    atLeastZero("p95MillisMax", p95MillisMax);
    if (failuresPercentMax != null && !(failuresPercentMax >= 0 && failuresPercentMax <= 100)) {
      throw new IllegalArgumentException(
          "failuresPercentMax must be between 0 and 100; got " + failuresPercentMax);
    }
  }

  private static void atLeastZero(String name, @Nullable Number value) {
    if (value != null && value.longValue() < 0) {
      throw new IllegalArgumentException(name + " must not be negative; got " + value);
    }
  }

  /// Whether targets can break it while their wave is under way.
  @JsonIgnore
  public boolean countsFailures() {
    return failuresMax != null || failuresPercentMax != null || invariantFailuresMax != null;
  }

  /// @param ended whether none of the wave's targets is pending
  /// @return how the wave breaks this gate, or null if it does not
  @Nullable Breach breach(int wave, WaveCounts counts, boolean ended) {
    long size = counts.judged();
    if (failuresMax != null && counts.failed() > failuresMax) {
      return new Breach(
          wave,
          "%d of %s failed, at most %d may".formatted(counts.failed(), tenants(size), failuresMax),
          true);
    }
    if (failuresPercentMax != null && counts.failed() * 100.0 > failuresPercentMax * size) {
      return new Breach(
          wave,
          "%d of %s failed, at most %s %% may"
              .formatted(counts.failed(), tenants(size), plain(failuresPercentMax)),
          true);
    }
    if (invariantFailuresMax != null && counts.invariantFailures() > invariantFailuresMax) {
      return new Breach(
          wave,
          "an invariant failed in %d of %s, at most in %d it may"
              .formatted(counts.invariantFailures(), tenants(size), invariantFailuresMax),
          true);
    }
    return tooSlow(wave, counts, ended);
  }

  // While the wave is under way, only what the rest of it cannot mend.
  private @Nullable Breach tooSlow(int wave, WaveCounts counts, boolean ended) {
    long of = ended ? counts.applied() : counts.judged();
    if (p95MillisMax == null || counts.slow() * 20 <= of) {
      return null;
    }
    return new Breach(
        wave,
        "%d of %d migrations took longer than %d ms, at most one in twenty may"
            .formatted(counts.slow(), counts.applied(), p95MillisMax),
        false);
  }

  private static String tenants(long count) {
    return count == 1 ? "1 tenant" : count + " tenants";
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
  }
}
