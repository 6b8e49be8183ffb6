package dev.burgage.control.rollout;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// How far a rollout is.
enum RolloutState {
  /// Its targets are written; nobody works on it yet.
  PLANNED,
  RUNNING,
  /// No target is pending.
  FINISHED;

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
