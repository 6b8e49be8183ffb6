package dev.burgage.node.log;

import java.nio.ByteBuffer;

/// Records as bytes outside of a log, in the log's own format: docs/commit-log.md.
public final class RecordBytes {
  private RecordBytes() {}

  /// A record with its images packed if that makes it shorter.
  public static byte[] of(LogRecord record, Packing packing) {
    return RecordFormat.encode(record, packing).array();
  }

  /// What a record's header says of it, which need not be whole.
  ///
  /// @param length of the record
  /// @param imageBytes of it when it is unpacked
  /// @param hash its own
  public record Extent(int length, int imageBytes, ChainHash hash) {}

  /// Looks at a record without reading it.
  ///
  /// @throws LogDamagedException if no record can begin there; the message follows "record:"
  public static Extent extent(ByteBuffer bytes, int at) throws LogDamagedException {
    try {
      int left = bytes.limit() - at;
      if (left < RecordFormat.HEADER_BYTES) {
        throw new DamagedRecordException("only %d bytes are left".formatted(left));
      }
      int length = RecordFormat.length(bytes, at, left);
      return new Extent(length, RecordFormat.imageBytes(bytes, at), RecordFormat.hash(bytes, at));
    } catch (DamagedRecordException e) {
      throw new LogDamagedException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Reads what the next record is of; its sum is checked, and its pages stay as they are packed.
  ///
  /// @param bytes at the first byte of it; behind it afterwards
  /// @throws LogDamagedException if it is no whole record; the message follows "record:"
  public static RecordHead nextHead(ByteBuffer bytes) throws LogDamagedException {
    try {
      return RecordFormat.head(own(bytes));
    } catch (DamagedRecordException e) {
      throw new LogDamagedException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Reads the next record.
  ///
  /// @param bytes at the first byte of it; behind it afterwards
  /// @throws LogDamagedException if it is no whole record; the message follows "record:"
  public static LogRecord next(ByteBuffer bytes) throws LogDamagedException {
    try {
      return RecordFormat.decode(own(bytes));
    } catch (DamagedRecordException e) {
      throw new LogDamagedException(String.valueOf(e.getMessage()), e);
    }
  }

  private static byte[] own(ByteBuffer bytes) throws DamagedRecordException {
    if (bytes.remaining() < RecordFormat.HEADER_BYTES) {
      throw new DamagedRecordException("only %d bytes are left".formatted(bytes.remaining()));
    }
    byte[] own = new byte[RecordFormat.length(bytes, bytes.position(), bytes.remaining())];
    bytes.get(own);
    return own;
  }
}
