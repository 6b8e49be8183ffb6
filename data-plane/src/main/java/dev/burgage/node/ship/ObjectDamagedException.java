package dev.burgage.node.ship;

import java.io.IOException;

/// An object is not what was written, or is missing where one must be. Never served, never repaired
/// in silence.
public final class ObjectDamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final boolean isMissing;

  /// @param key of the object, or the beginning of the keys of what is missing
  public ObjectDamagedException(String key, String what) {
    this(key, what, /* isMissing= */ false);
  }

  private ObjectDamagedException(String key, String what, boolean isMissing) {
    super("object %s: %s".formatted(key, what));
    this.key = key;
    this.isMissing = isMissing;
  }

  static ObjectDamagedException missing(String prefix, String what) {
    return new ObjectDamagedException(prefix, what, /* isMissing= */ true);
  }

  boolean isMissing() {
    return isMissing;
  }

  public String key() {
    return key;
  }
}
