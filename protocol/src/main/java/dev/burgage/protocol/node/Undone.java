package dev.burgage.protocol.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.burgage.protocol.DatabaseId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Answer to [Undo]: for each target, in the same order.
public record Undone(List<UndoOutcome> outcomes) {
  public Undone {
    outcomes = List.copyOf(outcomes);
  }

  /// What became of one target.
  ///
  /// @param version newest version in its history now; null if there is none or it was not looked
  ///   at
  /// @param fingerprint of its schema now; null if it was not looked at
  /// @param error for people, null unless failed
  public record UndoOutcome(
      DatabaseId database,
      Result result,
      @Nullable String version,
      @Nullable String fingerprint,
      @Nullable String error) {}

  /// How it ended.
  public enum Result {
    /// It is as it was before the rollout, or the rollout had not changed it.
    UNDONE,
    /// It was written to after the migration, so it stays as it is.
    WRITTEN,
    /// It has the rollout's version, and its state of before is not kept: that is too long ago, or
    /// the rollout did not make what the database has, which was marked as applied or came with it.
    /// It stays as it is.
    NOT_KEPT,
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
