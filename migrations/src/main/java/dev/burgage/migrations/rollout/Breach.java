package dev.burgage.migrations.rollout;

import org.jspecify.annotations.Nullable;

/// How a wave breaks its gate.
///
/// @param what the figures and the rule
/// @param byFailures whether the failures' most frequent cause says more
public record Breach(int wave, String what, boolean byFailures) {
  /// Why the rollout has halted, in one sentence.
  ///
  /// @param mostBy the cause that most failures of the wave have, or null if it is not known
  public String sentence(@Nullable String mostBy) {
    String reason = "wave %d halted: %s".formatted(wave, what);
    return byFailures && mostBy != null ? reason + "; most by: " + mostBy : reason;
  }
}
