package dev.burgage.control.node;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What is known of a node's process.
public enum NodeState {
  /// Registered, and never joined.
  EXPECTED,
  /// Its stream is open and was alive within the last seconds.
  LIVE,
  /// It had a stream, and has none now.
  GONE;

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
