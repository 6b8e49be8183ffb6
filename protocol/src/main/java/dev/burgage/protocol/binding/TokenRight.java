package dev.burgage.protocol.binding;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What a token lets its holder do within its scope. Each right has those before it.
public enum TokenRight {
  /// Look: SQL that writes nothing, lists, exports.
  READ,
  /// SQL that writes, imports, restores.
  WRITE,
  /// Make, change and delete what is in the scope; migrations and rollouts of a pool.
  ADMIN;

  public boolean includes(TokenRight other) {
    return compareTo(other) >= 0;
  }

  /// @throws IllegalArgumentException if there is no such right
  @JsonCreator
  public static TokenRight parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "read" -> READ;
      case "write" -> WRITE;
      case "admin" -> ADMIN;
      default ->
          throw new IllegalArgumentException(
              "right must be read, write or admin; got \"%s\"".formatted(text));
    };
  }

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
