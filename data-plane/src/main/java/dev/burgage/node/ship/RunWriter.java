package dev.burgage.node.ship;

import dev.burgage.node.log.Kind;
import dev.burgage.node.log.RecordHead;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes objects of runs from records in the order of databases, as many as their size needs. For
/// one thread, once.
final class RunWriter {
  private final int bytesMax;
  private final Naming naming;
  private final Sink sink;
  private final Body body = new Body();
  private final List<Run> runs = new ArrayList<>();
  private int parts;
  private int runFrom;
  private @Nullable RecordHead first;
  private @Nullable RecordHead last;
  private boolean isCollapsed;

  private static final class Body extends ByteArrayOutputStream {
    byte[] sha256(int from) {
      MessageDigest digest = Sha256.digest();
      digest.update(buf, from, count - from);
      return digest.digest();
    }
  }

  /// Names an object.
  @FunctionalInterface
  interface Naming {
    /// The length of the key does not depend on `indexBytes`.
    String key(int part, boolean isLast, DatabaseId firstDatabase, int indexBytes);
  }

  /// Takes an object.
  @FunctionalInterface
  interface Sink {
    void put(String key, byte[] content) throws IOException;
  }

  /// @param bytesMax of runs in one object; a record more where one does not fit
  RunWriter(int bytesMax, Naming naming, Sink sink) {
    this.bytesMax = bytesMax;
    this.naming = naming;
    this.sink = sink;
    begin();
  }

  private void begin() {
    body.reset();
    body.writeBytes(RunFormat.header());
    runs.clear();
    runFrom = body.size();
    first = null;
    last = null;
  }

  /// @param bytes what the record is made of
  /// @param collapsed whether it stands for more than one transaction
  void add(RecordHead record, byte[] bytes, boolean collapsed) throws IOException {
    if (body.size() - RunFormat.HEADER_BYTES > 0
        && body.size() - RunFormat.HEADER_BYTES + bytes.length > bytesMax) {
      endRun();
      write(/* isLast= */ false);
      begin();
    }
    if (!continuesRun(record, collapsed)) {
      endRun();
      first = record;
      isCollapsed = collapsed;
    }
    last = record;
    body.writeBytes(bytes);
  }

  private boolean continuesRun(RecordHead record, boolean collapsed) {
    RecordHead before = last;
    return before != null
        && collapsed == isCollapsed
        && before.key().database().equals(record.key().database())
        && before.key().generation() == record.key().generation();
  }

  private void endRun() {
    RecordHead from = first;
    RecordHead to = last;
    if (from == null || to == null) {
      return;
    }
    runs.add(
        new Run(
            from.key().database(),
            from.key().generation(),
            from.key().transaction(),
            to.key().transaction(),
            from.time(),
            to.time(),
            runFrom,
            body.size() - runFrom,
            isCollapsed,
            to.kind() == Kind.DELETED,
            body.sha256(runFrom)));
    runFrom = body.size();
    first = null;
    last = null;
  }

  /// Writes what is left; at least one object is written in all.
  ///
  /// @return how many objects there are
  int finish() throws IOException {
    endRun();
    write(/* isLast= */ true);
    return parts;
  }

  private void write(boolean isLast) throws IOException {
    DatabaseId database = runs.isEmpty() ? Slice.NO_DATABASE : runs.getFirst().database();
    int keyLength = naming.key(parts, isLast, database, 0).length();
    String key = naming.key(parts, isLast, database, RunFormat.indexBytes(runs.size(), keyLength));
    body.writeBytes(RunFormat.index(key, runs));
    sink.put(key, body.toByteArray());
    parts++;
  }
}
