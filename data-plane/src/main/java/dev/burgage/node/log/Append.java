package dev.burgage.node.log;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A record on its way to the disk.
final class Append {
  private final Kind kind;
  private final RecordKey key;
  private final ByteBuffer bytes;
  private final CompletableFuture<LogPosition> durable = new CompletableFuture<>();
  // Forgotten when this is done, or a database's appends would all hang together.
  private volatile @Nullable Append before;
  private long offset;

  /// @param before of the same database: without it this must not be written
  Append(LogRecord record, Packing packing, @Nullable Append before) {
    this.kind = record.kind();
    this.key = record.key();
    this.bytes = RecordFormat.encode(record, packing);
    this.before = before;
  }

  Kind kind() {
    return kind;
  }

  RecordKey key() {
    return key;
  }

  ByteBuffer bytes() {
    return bytes.duplicate();
  }

  int length() {
    return bytes.capacity();
  }

  CompletableFuture<LogPosition> durable() {
    return durable;
  }

  @Nullable Throwable failureBefore() {
    Append earlier = before;
    return earlier != null && earlier.durable.isCompletedExceptionally()
        ? earlier.durable.exceptionNow()
        : null;
  }

  void placeAt(long offset) {
    this.offset = offset;
  }

  long offset() {
    return offset;
  }

  void succeed(long segment) {
    before = null;
    durable.complete(new LogPosition(segment, offset));
  }

  void fail(Throwable cause) {
    before = null;
    durable.completeExceptionally(cause);
  }
}
