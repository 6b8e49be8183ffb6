package dev.burgage.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What a database runs on.
public enum Engine {
  SQLITE;

  /// @throws IllegalArgumentException if there is no such engine
  @JsonCreator
  public static Engine parse(String text) {
    for (Engine engine : values()) {
      if (engine.toString().equals(text)) {
        return engine;
      }
    }
    throw new IllegalArgumentException("engine must be \"sqlite\"; got \"" + text + "\"");
  }

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
