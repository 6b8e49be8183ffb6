package dev.burgage.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// The name of one data-plane process.
public record NodeName(@JsonValue String value) implements Comparable<NodeName> {
  /// @throws InvalidNameException if the value is not a legal name
  @JsonCreator
  public NodeName {
    Names.check("node name", value);
  }

  @Override
  public int compareTo(NodeName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
