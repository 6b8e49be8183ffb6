package dev.burgage.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// The name of a pool: a named set of tenant databases that share one schema history.
public record PoolName(@JsonValue String value) implements Comparable<PoolName> {
  /// @throws InvalidNameException if the value is not a legal name
  @JsonCreator
  public PoolName {
    Names.check("pool name", value);
  }

  @Override
  public int compareTo(PoolName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
