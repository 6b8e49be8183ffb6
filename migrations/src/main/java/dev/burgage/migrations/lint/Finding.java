package dev.burgage.migrations.lint;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/// Something that whoever rolls a migration out should know.
///
/// @param rule its id: `drop-column`
/// @param script the file name
/// @param line of the statement in it, from 1
/// @param statement its number in the script, from 1
/// @param message what it is and what to do about it
/// @param tables that it is about
public record Finding(
    String rule,
    Level level,
    String script,
    int line,
    int statement,
    String message,
    List<String> tables) {
  public Finding {
    tables = List.copyOf(tables);
  }

  /// How bad it is.
  public enum Level {
    /// It fails: everywhere, or in every database whose table has rows.
    ERROR,
    /// Data goes, or may make it fail, or code of the version before fails.
    WARNING,
    /// It costs something.
    NOTE;

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
