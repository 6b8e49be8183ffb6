package dev.burgage.protocol.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.burgage.protocol.DatabaseId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Answer to [ApplyMigrations]: an outcome for each target, in the same order. Also the body with
/// which a node tells the control plane of dormant targets that it has woken.
public record ApplyOutcomes(List<ApplyOutcome> outcomes) {
  public ApplyOutcomes {
    outcomes = List.copyOf(outcomes);
  }

  /// What became of one target. A failed target is as it was before.
  ///
  /// @param fromVersion newest version in its history before, or null if there was none or it could
  ///   not be read
  /// @param toVersion newest version in its history now
  /// @param fingerprint of its schema now; null if it was not looked at
  /// @param failure null unless failed
  public record ApplyOutcome(
      DatabaseId database,
      Result result,
      @Nullable String fromVersion,
      @Nullable String toVersion,
      @Nullable String fingerprint,
      @Nullable Failure failure,
      long durationMillis) {}

  /// Why a target failed.
  ///
  /// @param cause what is the same for all targets that failed for the same reason: script,
  ///   statement and SQLite's words without the tenant's values; at most 200 characters
  /// @param error for people: which script, which statement, what SQLite said
  public record Failure(Kind kind, String cause, String error) {}

  /// What kind of thing failed.
  public enum Kind {
    /// A statement of a script, or the foreign keys at its end.
    STATEMENT,
    /// An invariant did not hold.
    INVARIANT,
    /// The database's history is not the set's.
    HISTORY,
    /// The node could not open or write the database.
    DATABASE,
    /// The rollout was taken back, or given up, while the order was under way.
    FENCED,
    /// The node did not answer. Only the control plane says so.
    NODE;

    @JsonCreator
    public static Kind parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// How it ended.
  public enum Result {
    APPLIED,
    UP_TO_DATE,
    FAILED,
    /// Not opened: it is migrated before its next statement.
    DORMANT;

    @JsonCreator
    public static Result parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
