package dev.burgage.node.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Reads the records of one segment. For one thread.
final class SegmentReader implements AutoCloseable {
  private static final int WINDOW_BYTES = 512 * 1024;
  private static final int FIRST_WINDOW_BYTES = 16 * 1024;

  private final Path file;
  private final FileChannel channel;
  private final long size;
  private ByteBuffer window;
  private long windowStart;
  // Some read one record, some all of them.
  private int nextBytes = FIRST_WINDOW_BYTES;

  private SegmentReader(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.size = channel.size();
    this.window = ByteBuffer.allocate(0);
  }

  static SegmentReader open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new SegmentReader(file, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  Path file() {
    return file;
  }

  long size() {
    return size;
  }

  /// @return null if nothing was ever written to the segment
  @Nullable SegmentHeader header() throws IOException {
    if (size < SegmentHeader.BYTES) {
      return null;
    }
    byte[] head = bytes(0, SegmentHeader.BYTES);
    return SegmentHeader.isBlank(head) ? null : SegmentHeader.decode(head);
  }

  /// The bytes of the record at an offset.
  ///
  /// @return null if there is no record any more
  /// @throws DamagedRecordException if there is something else
  byte @Nullable [] read(long offset) throws IOException {
    long room = size - offset;
    if (room < RecordFormat.HEADER_BYTES) {
      return endAt(offset, (int) room);
    }
    load(offset, RecordFormat.HEADER_BYTES);
    int at = (int) (offset - windowStart);
    if (window.getInt(at) == 0) {
      return endAt(offset, RecordFormat.HEADER_BYTES);
    }
    int length = RecordFormat.length(window, at, room);
    return bytes(offset, length);
  }

  private byte @Nullable [] endAt(long offset, int length) throws IOException {
    if (!SegmentHeader.isBlank(bytes(offset, length))) {
      throw new DamagedRecordException("it does not begin as a record does");
    }
    return null;
  }

  byte[] bytes(long offset, int length) throws IOException {
    load(offset, length);
    byte[] bytes = new byte[length];
    window.get((int) (offset - windowStart), bytes);
    return bytes;
  }

  // The window then has these bytes, which the file has.
  private void load(long offset, int length) throws IOException {
    if (offset >= windowStart && offset + length <= windowStart + window.limit()) {
      return;
    }
    if (window.capacity() < Math.max(length, nextBytes)) {
      window = ByteBuffer.allocate(Math.max(length, nextBytes));
    }
    nextBytes = Math.min(WINDOW_BYTES, 4 * nextBytes);
    window.clear();
    windowStart = offset;
    while (window.hasRemaining()) {
      if (channel.read(window, offset + window.position()) < 0) {
        break;
      }
    }
    window.flip();
    if (window.limit() < length) {
      throw new DamagedRecordException("the file ended within it");
    }
  }

  /// The first whole record after an offset, which tells where to go on behind damage.
  ///
  /// @param kind to look for; null for any
  /// @return 0 if there is none
  long findAfter(long offset, @Nullable Kind kind) throws IOException {
    long at = (offset / RecordFormat.ALIGNMENT + 1) * RecordFormat.ALIGNMENT;
    while (at + RecordFormat.HEADER_BYTES <= size) {
      load(at, RecordFormat.HEADER_BYTES);
      if (window.getInt((int) (at - windowStart)) == RecordFormat.MAGIC && isRecord(at, kind)) {
        return at;
      }
      at += RecordFormat.ALIGNMENT;
    }
    return 0;
  }

  private boolean isRecord(long at, @Nullable Kind kind) throws IOException {
    try {
      byte[] bytes = read(at);
      if (bytes == null) {
        return false;
      }
      LogRecord record = RecordFormat.decode(bytes);
      return kind == null || record.kind() == kind;
    } catch (DamagedRecordException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
