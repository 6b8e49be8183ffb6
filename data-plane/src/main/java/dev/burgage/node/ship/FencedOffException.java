package dev.burgage.node.ship;

import java.io.IOException;

/// Another process ships this log, or the log is not the one that was shipped. This one must not go
/// on.
public final class FencedOffException extends IOException {
  private static final long serialVersionUID = 1L;

  FencedOffException(String message) {
    super(message);
  }
}
