package dev.burgage.protocol.migration;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What must be true of every tenant's data when its migration ends.
///
/// @param name for people and for grouping
/// @param sql one SELECT
public record Invariant(String name, String sql, Expectation expect) {
  /// What the SELECT must answer.
  public enum Expectation {
    /// No row, after the migration.
    EMPTY,
    /// The same rows before and after, in the same order.
    SAME;

    @JsonCreator
    public static Expectation parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
