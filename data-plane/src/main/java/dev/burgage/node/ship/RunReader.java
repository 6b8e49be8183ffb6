package dev.burgage.node.ship;

import dev.burgage.node.log.LogDamagedException;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.RecordBytes;
import dev.burgage.node.log.RecordHead;
import dev.burgage.node.log.RecordKey;
import dev.burgage.node.store.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// Reads objects of runs, and believes nothing that is not proven. Thread-safe.
final class RunReader {
  private final ObjectStore store;

  RunReader(ObjectStore store) {
    this.store = store;
  }

  /// Is given records, or only their heads, with the bytes that they are made of.
  @FunctionalInterface
  interface Visitor<R> {
    void visit(R record, byte[] bytes) throws IOException;
  }

  @FunctionalInterface
  private interface Parser<R> {
    R next(ByteBuffer in) throws LogDamagedException;
  }

  // What is read of a record.
  private record Reading<R>(Parser<R> parser, Function<R, RecordKey> key) {}

  private static final Reading<LogRecord> WHOLE = new Reading<>(RecordBytes::next, LogRecord::key);
  private static final Reading<RecordHead> HEAD =
      new Reading<>(RecordBytes::nextHead, RecordHead::key);

  List<Run> index(ObjectPart part) throws IOException {
    byte[] index = store.get(part.key(), part.sizeBytes() - part.indexBytes(), part.indexBytes());
    return RunFormat.runs(part, index);
  }

  byte[] bytes(ObjectPart part, Run run) throws IOException {
    byte[] bytes = store.get(part.key(), run.offset(), run.length());
    RunFormat.check(part, run, bytes);
    return bytes;
  }

  /// @param bytes of the run, checked
  static void records(ObjectPart part, Run run, byte[] bytes, Visitor<LogRecord> visitor)
      throws IOException {
    visitAll(part, run, bytes, WHOLE, visitor);
  }

  /// As [#records], without unpacking their pages.
  ///
  /// @param bytes of the run, checked
  static void heads(ObjectPart part, Run run, byte[] bytes, Visitor<RecordHead> visitor)
      throws IOException {
    visitAll(part, run, bytes, HEAD, visitor);
  }

  private static <R> void visitAll(
      ObjectPart part, Run run, byte[] bytes, Reading<R> reading, Visitor<R> visitor)
      throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      int from = in.position();
      R record = next(part, run, in, reading);
      visitor.visit(record, Arrays.copyOfRange(bytes, from, in.position()));
    }
  }

  /// The next record of a run.
  ///
  /// @param in over the bytes of the run, checked
  static LogRecord next(ObjectPart part, Run run, ByteBuffer in) throws IOException {
    return next(part, run, in, WHOLE);
  }

  private static <R> R next(ObjectPart part, Run run, ByteBuffer in, Reading<R> reading)
      throws IOException {
    int from = in.position();
    try {
      R record = reading.parser().next(in);
      requireOf(part, run, from, reading.key().apply(record));
      return record;
    } catch (LogDamagedException e) {
      throw damaged(part, run, from, e);
    }
  }

  private static void requireOf(ObjectPart part, Run run, int at, RecordKey key)
      throws ObjectDamagedException {
    if (!key.database().equals(run.database())) {
      throw new ObjectDamagedException(
          part.key(),
          "the record at %d is of database %s".formatted(run.offset() + at, key.database()));
    }
  }

  /// @param at where the record is in the run
  static ObjectDamagedException damaged(ObjectPart part, Run run, int at, LogDamagedException e) {
    return new ObjectDamagedException(
        part.key(), "the record at %d: %s".formatted(run.offset() + at, e.getMessage()));
  }
}
