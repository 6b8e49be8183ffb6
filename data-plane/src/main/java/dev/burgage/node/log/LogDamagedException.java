package dev.burgage.node.log;

import java.io.IOException;

/// Something that was durable is not readable any more, or is another's. Never repaired in silence.
public final class LogDamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  LogDamagedException(String message) {
    super(message);
  }

  LogDamagedException(String message, Throwable cause) {
    super(message, cause);
  }
}
