package dev.burgage.node.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// An object store did not do what it was asked; [#reason] says whether asking again can help.
public final class StoreException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Why.
  public enum Reason {
    /// There is no such object.
    NOT_FOUND,
    /// The store will not: a wrong key or right, no such bucket, a call that it does not know.
    /// Asking again does not help until somebody has changed a setting.
    REFUSED,
    /// Nothing is known: no answer, a late one, or the store's own failure. What was to be written
    /// may have been written.
    UNREACHABLE
  }

  private final Reason reason;

  /// @param message thing, rule, value, and what to do
  public StoreException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  static StoreException notFound(String key, @Nullable Throwable cause) {
    return new StoreException(Reason.NOT_FOUND, "object %s is not there".formatted(key), cause);
  }

  public Reason reason() {
    return reason;
  }

  public boolean isNotFound() {
    return reason == Reason.NOT_FOUND;
  }
}
