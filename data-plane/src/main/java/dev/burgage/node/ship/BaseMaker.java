package dev.burgage.node.ship;

import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.Packing;
import dev.burgage.node.log.Pages;
import dev.burgage.node.log.RecordBytes;
import dev.burgage.node.log.RecordKey;
import dev.burgage.node.log.WalPosition;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/// Makes new bases from the base before and the log, all from the store: no database is opened and
/// none waits. Thread-safe.
final class BaseMaker {
  private static final int IMAGE_BYTES_MAX = 512 * 1024;
  private static final long SIZE_MIN = 1024 * 1024;

  private final ObjectStore store;
  private final Layout layout;
  private final ShipSettings settings;
  private final Path temporary;
  private final Random random;

  /// @param temporary where there is room for a database
  BaseMaker(
      ObjectStore store, Layout layout, ShipSettings settings, Path temporary, Random random) {
    this.store = store;
    this.layout = layout;
    this.settings = settings;
    this.temporary = temporary;
    this.random = random;
  }

  /// Bytes of records in a merged slice from which on a base may be due.
  static long manyBytes() {
    return SIZE_MIN / 64;
  }

  /// Makes a base if a restore would read more records than the database has pages: by what was
  /// written in the last while, as if it had always been so since the last base.
  ///
  /// @param bytes written in the last `seconds` before the end
  void makeIfDue(DatabaseId database, Chronicle.Until until, long bytes, long seconds)
      throws IOException {
    Chronicle chronicle = Chronicle.open(store, layout, database);
    Base last = chronicle.bases().isEmpty() ? null : chronicle.bases().getLast();
    long since = last == null ? Long.MAX_VALUE : until.second() - Times.second(last.name().time());
    long windows = Math.min(1 + since / seconds, settings.window().toSeconds() / seconds + 1);
    long size = Math.max(SIZE_MIN, last == null ? 0 : last.sizeBytes());
    if (bytes * Math.max(1, windows) >= size && since >= 0) {
      make(chronicle, database, until);
    }
  }

  /// Makes a base of all that is before a place of a log, unless there is one.
  ///
  /// @return the transaction that it is of; 0 if there is nothing to make one of
  long make(DatabaseId database, Chronicle.Until until) throws IOException {
    return make(Chronicle.open(store, layout, database), database, until);
  }

  private long make(Chronicle chronicle, DatabaseId database, Chronicle.Until until)
      throws IOException {
    Path file = temporary.resolve("base-" + UUID.randomUUID());
    TemplateObjects templates = new TemplateObjects(store, layout);
    try (Remake remake = new Remake(database, file, _ -> true, templates::get)) {
      Goal goal = new Goal.UpToPlace(until);
      Chronicle.Start start = chronicle.start(goal);
      Base before = start.base();
      if (before != null && !chronicle.reads(until.log(), before)) {
        return before.name().transaction(); // a later log went on with the database
      }
      LogPosition settled = chronicle.replay(remake, start, goal, until);
      LogRecord ended = remake.ended();
      if (ended == null) {
        return 0;
      }
      if (ended.kind() == Kind.DELETED) {
        return ended.key().transaction();
      }
      if (before == null || before.name().transaction() < ended.key().transaction()) {
        write(database, until.log(), settled, ended, remake.file());
      }
      return ended.key().transaction();
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void write(
      DatabaseId database, LogName log, LogPosition covers, LogRecord ended, FileChannel file)
      throws IOException {
    RecordKey key = ended.key();
    Base.Name name =
        new Base.Name(
            database,
            key.transaction(),
            ended.time(),
            key.generation(),
            log,
            covers,
            random.nextInt());
    RunWriter out =
        new RunWriter(
            settings.objectBytesMax(),
            (part, isLast, _, index) -> name.key(layout, part, isLast, index),
            store::put);
    int pageSize = ended.pages().size();
    int databasePages = ended.pages().databasePages();
    int perRecord = Math.max(1, IMAGE_BYTES_MAX / pageSize);
    int part = 0;
    for (int from = 1; from <= databasePages; from += perRecord) {
      int to = Math.min(databasePages, from + perRecord - 1);
      LogRecord record =
          new LogRecord(
              to == databasePages ? Kind.BASE : Kind.PART,
              new RecordKey(database, key.generation(), key.transaction(), part++),
              ended.time(),
              read(file, from, to, pageSize, databasePages),
              WalPosition.NONE,
              ended.hash());
      out.add(record.head(), RecordBytes.of(record, Packing.ZSTD), /* collapsed= */ true);
    }
    out.finish();
  }

  private static Pages read(FileChannel file, int from, int to, int pageSize, int databasePages)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((to - from + 1) * pageSize);
    long start = (from - 1L) * pageSize;
    while (bytes.hasRemaining()) {
      if (file.read(bytes, start + bytes.position()) < 0) {
        throw new IOException("a temporary file became shorter");
      }
    }
    return new Pages(
        pageSize, databasePages, IntStream.rangeClosed(from, to).toArray(), bytes.array());
  }
}
