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

/// Reads objects of runs, and believes nothing that is not proven. Thread-safe.
final class RunReader {
  private final ObjectStore store;

  RunReader(ObjectStore store) {
    this.store = store;
  }

  /// Is given records, with the bytes that they are made of.
  @FunctionalInterface
  interface Visitor {
    void visit(LogRecord record, byte[] bytes) throws IOException;
  }

  /// Is given what records are of, with the bytes that they are made of.
  @FunctionalInterface
  interface HeadVisitor {
    void visit(RecordHead record, byte[] bytes) throws IOException;
  }

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
  static void records(ObjectPart part, Run run, byte[] bytes, Visitor visitor) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      int from = in.position();
      LogRecord record = next(part, run, in);
      visitor.visit(record, Arrays.copyOfRange(bytes, from, in.position()));
    }
  }

  /// As [#records], without unpacking their pages.
  ///
  /// @param bytes of the run, checked
  static void heads(ObjectPart part, Run run, byte[] bytes, HeadVisitor visitor)
      throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      int from = in.position();
      try {
        RecordHead record = RecordBytes.nextHead(in);
        requireOf(part, run, from, record.key());
        visitor.visit(record, Arrays.copyOfRange(bytes, from, in.position()));
      } catch (LogDamagedException e) {
        throw damaged(part, run, from, e);
      }
    }
  }

  /// The next record of a run.
  ///
  /// @param in over the bytes of the run, checked
  static LogRecord next(ObjectPart part, Run run, ByteBuffer in) throws IOException {
    int from = in.position();
    try {
      LogRecord record = RecordBytes.next(in);
      requireOf(part, run, from, record.key());
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
