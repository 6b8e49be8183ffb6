package dev.burgage.node.log;

import java.io.IOException;

/// The disk has refused to write or to sync the log, so nothing more is appended by this process.
/// What the disk has of the last group only a new start can tell: after a failed fsync another one
/// may succeed without having written anything.
public final class LogFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  LogFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
