package dev.burgage.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A run that brings the tenants of a pool to a version.
///
/// @param counts of its targets, by what became of them
/// @param startedAt null while it is only planned
/// @param finishedAt null until nothing is pending
/// @param tenantsPerSecond speed so far; null before the first target is done
public record Rollout(
    String id,
    String pool,
    String version,
    State state,
    Counts counts,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable Double tenantsPerSecond) {

  /// How far it is.
  public enum State {
    PLANNED,
    RUNNING,
    /// Nothing is pending; targets may have failed.
    FINISHED;

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

  /// Whether it is finished and every target is at the version.
  public boolean succeeded() {
    return isFinished() && counts.failed() == 0;
  }
}
