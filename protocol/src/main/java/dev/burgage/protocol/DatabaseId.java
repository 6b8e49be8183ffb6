package dev.burgage.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The id of one database. It is made by the control plane, never by a caller, so file names are
/// made from it and from nothing else.
public record DatabaseId(@JsonValue UUID value) implements Comparable<DatabaseId> {
  @JsonCreator
  public DatabaseId {}

  /// @throws IllegalArgumentException if the text is not a UUID in its usual 36 characters
  public static DatabaseId parse(String text) {
    UUID uuid = tryParse(text);
    if (uuid == null) {
      throw new IllegalArgumentException("database id must be a UUID of 36 characters");
    }
    return new DatabaseId(uuid);
  }

  // UUID.fromString takes shorter texts too ("1-1-1-1-1"): one database would have many names.
  private static @Nullable UUID tryParse(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      return uuid.toString().equalsIgnoreCase(text) ? uuid : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public int compareTo(DatabaseId other) {
    return value.toString().compareTo(other.value.toString());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
