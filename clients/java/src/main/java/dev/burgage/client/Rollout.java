package dev.burgage.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A run that brings the tenants of a pool to a version.
///
/// @param counts of its targets, by what became of them
/// @param plan names what was decided when it was planned
/// @param why it is halted; null unless it is
/// @param startedAt null while it is only planned
/// @param finishedAt null until it is over
/// @param tenantsPerSecond speed over the last minute; null if not known
public record Rollout(
    String id,
    String pool,
    String version,
    State state,
    Counts counts,
    @Nullable String plan,
    @Nullable String why,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable Double tenantsPerSecond) {

  /// How far it is.
  public enum State {
    /// Nothing happens before it is started.
    PLANNED,
    RUNNING,
    PAUSED,
    /// Stopped by a gate.
    HALTED,
    UNDOING,
    /// Nothing is pending; targets may have failed.
    FINISHED,
    ABORTED,
    UNDONE;

    @JsonCreator
    static State parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// How many targets there are of each outcome.
  ///
  /// @param upToDate had nothing to apply
  public record Counts(int pending, int applied, int upToDate, int failed) {}

  public boolean isFinished() {
    return state == State.FINISHED;
  }

  /// Whether nothing happens any more by itself.
  public boolean isAtRest() {
    return state != State.PLANNED && state != State.RUNNING && state != State.UNDOING;
  }

  /// Whether it is finished and every target is at the version.
  public boolean succeeded() {
    return isFinished() && counts.failed() == 0;
  }
}
