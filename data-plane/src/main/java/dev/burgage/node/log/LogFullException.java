package dev.burgage.node.log;

import java.io.IOException;

/// There is no room for a record, and nothing of it was written. Passes when there is room again.
public final class LogFullException extends IOException {
  private static final long serialVersionUID = 1L;

  LogFullException(String message, Throwable cause) {
    super(message, cause);
  }

  LogFullException(String message) {
    super(message);
  }
}
