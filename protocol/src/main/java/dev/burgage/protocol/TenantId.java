package dev.burgage.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// The id that a SaaS gives to one of its customers; unique in its pool.
public record TenantId(@JsonValue String value) implements Comparable<TenantId> {
  /// @throws InvalidNameException if the value is not a legal name
  @JsonCreator
  public TenantId {
    Names.check("tenant id", value);
  }

  @Override
  public int compareTo(TenantId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
