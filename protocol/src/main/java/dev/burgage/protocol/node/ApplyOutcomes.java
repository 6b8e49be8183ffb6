package dev.burgage.protocol.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.burgage.protocol.DatabaseId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Answer to [ApplyMigrations]: an outcome for each target, in the same order.
public record ApplyOutcomes(List<ApplyOutcome> outcomes) {
  public ApplyOutcomes {
    outcomes = List.copyOf(outcomes);
  }

  /// What became of one target. A failed target is as it was before.
  ///
  /// @param fromVersion newest version in its history before, or null if there was none or it could
  ///   not be read
  /// @param toVersion newest version in its history now
  /// @param error for people, null unless failed: which script, which statement, what SQLite said
  public record ApplyOutcome(
      DatabaseId database,
      Result result,
      @Nullable String fromVersion,
      @Nullable String toVersion,
      @Nullable String error,
      long durationMillis) {}

  /// How it ended.
  public enum Result {
    APPLIED,
    UP_TO_DATE,
    FAILED;

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
