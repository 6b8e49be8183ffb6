package dev.burgage.migrations.rollout;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// How far a rollout is.
public enum RolloutState {
  /// Its targets are written and in waves; nobody works on it until it is started.
  PLANNED,
  RUNNING,
  /// Stopped by an operator.
  PAUSED,
  /// Stopped by a gate.
  HALTED,
  /// Targets are put back.
  UNDOING,
  /// Dormant targets are forgotten, and nodes told to refuse what is still on its way to them.
  ABORTING,
  /// Nobody of its selection is left behind but those that failed or were excluded.
  FINISHED,
  /// Given up; what was applied stays.
  ABORTED,
  UNDONE;

  /// Whether it keeps the pool from being rolled out otherwise.
  public boolean isActive() {
    return switch (this) {
      case RUNNING, PAUSED, HALTED, UNDOING, ABORTING -> true;
      case PLANNED, FINISHED, ABORTED, UNDONE -> false;
    };
  }

  /// Whether nothing happens any more unless somebody says so.
  public boolean isOver() {
    return switch (this) {
      case FINISHED, ABORTED, UNDONE -> true;
      case PLANNED, RUNNING, PAUSED, HALTED, UNDOING, ABORTING -> false;
    };
  }

  public static RolloutState parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
