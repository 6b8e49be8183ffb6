package dev.burgage.protocol.binding;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What a node may do with a tenant's database.
public enum BindingState {
  /// Statements run.
  ACTIVE,
  /// An operator stopped the tenant; statements are refused until it is resumed.
  SUSPENDED,
  /// Deleted, and still recoverable; statements are refused.
  DELETED;

  @JsonCreator
  public static BindingState parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
