package dev.burgage.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A run that brings the tenants of a pool to a version.
///
/// @param counts of its targets, by what became of them
/// @param plan names what was decided when it was planned
/// @param why it is halted; null unless it is
/// @param findings of lint when it was planned: errors refuse its start, warnings want to be
///   accepted; null in lists
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
    @Nullable List<Finding> findings,
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
    /// Given up; nodes are being told.
    ABORTING,
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

  /// How many targets there are of each outcome. Those that a server does not tell are 0.
  ///
  /// @param upToDate had nothing to apply
  /// @param dormant are migrated before their next use
  /// @param excluded left where they are, because somebody said so
  /// @param undoing to be put back
  /// @param undone as they were before
  /// @param written written to after the migration, so not put back
  /// @param notKept not put back, because what it was before is not kept
  public record Counts(
      int pending,
      int applied,
      int upToDate,
      int failed,
      int dormant,
      int excluded,
      int undoing,
      int undone,
      int written,
      int notKept,
      int undoFailed) {
    /// Of a rollout in which nobody is dormant, excluded or undone.
    public Counts(int pending, int applied, int upToDate, int failed) {
      this(pending, applied, upToDate, failed, 0, 0, 0, 0, 0, 0, 0);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Counts of(Map<String, Integer> told) {
      return new Counts(
          told.getOrDefault("pending", 0),
          told.getOrDefault("applied", 0),
          told.getOrDefault("upToDate", 0),
          told.getOrDefault("failed", 0),
          told.getOrDefault("dormant", 0),
          told.getOrDefault("excluded", 0),
          told.getOrDefault("undoing", 0),
          told.getOrDefault("undone", 0),
          told.getOrDefault("written", 0),
          told.getOrDefault("notKept", 0),
          told.getOrDefault("undoFailed", 0));
    }
  }

  /// Something that lint found in its migrations.
  ///
  /// @param level `error`, `warning` or `note`
  /// @param script the file name
  public record Finding(String rule, String level, String script, int line, String message) {}

  public boolean isFinished() {
    return state == State.FINISHED;
  }

  /// Whether nothing happens any more by itself.
  public boolean isAtRest() {
    return switch (state) {
      case PLANNED, RUNNING, UNDOING, ABORTING -> false;
      case PAUSED, HALTED, FINISHED, ABORTED, UNDONE -> true;
    };
  }

  /// Whether it is finished and every target is at the version.
  public boolean succeeded() {
    return isFinished() && counts.failed() == 0;
  }
}
