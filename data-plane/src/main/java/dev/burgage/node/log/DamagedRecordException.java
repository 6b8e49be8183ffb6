package dev.burgage.node.log;

import java.io.IOException;

/// Bytes in a log that are no whole record. The message says why, in words that follow "record:".
final class DamagedRecordException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedRecordException(String why) {
    super(why);
  }
}
