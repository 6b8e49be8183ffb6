package dev.burgage.migrations.guard;

/// There is no way into SQLite on this platform, or it does not do what it should. The message says
/// why.
public final class GuardUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  GuardUnavailableException(String message) {
    super(message);
  }

  GuardUnavailableException(String message, Throwable cause) {
    super(message + ": " + cause, cause);
  }
}
