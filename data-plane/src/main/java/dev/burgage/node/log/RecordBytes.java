package dev.burgage.node.log;

import java.nio.ByteBuffer;

/// Records as bytes outside of a log, in the log's own format: docs/commit-log.md.
public final class RecordBytes {
  private RecordBytes() {}

  /// A record with its images packed if that makes it shorter.
  public static byte[] of(LogRecord record, Packing packing) {
    return RecordFormat.encode(record, packing).array();
  }

  /// Reads the next record.
  ///
  /// @param bytes at the first byte of it; behind it afterwards
  /// @throws LogDamagedException if it is no whole record; the message follows "record:"
  public static LogRecord next(ByteBuffer bytes) throws LogDamagedException {
    try {
      int from = bytes.position();
      if (bytes.remaining() < RecordFormat.HEADER_BYTES) {
        throw new DamagedRecordException("only %d bytes are left".formatted(bytes.remaining()));
      }
      byte[] own = new byte[RecordFormat.length(bytes, from, bytes.remaining())];
      bytes.get(own);
      return RecordFormat.decode(own);
    } catch (DamagedRecordException e) {
      throw new LogDamagedException(String.valueOf(e.getMessage()), e);
    }
  }
}
