package dev.burgage.control.folder;

/// Why this process does not start, in one line for the operator: what is wrong and what to do.
public final class StartRefused extends RuntimeException {
  public StartRefused(String message) {
    super(message);
  }

  public StartRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
