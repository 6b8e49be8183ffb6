package dev.burgage.node.ship;

import dev.burgage.node.log.ChainHash;
import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.Packing;
import dev.burgage.node.log.Pages;
import dev.burgage.node.log.RecordBytes;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A database file that is made again from records, one after the other. Each record must follow
/// the one before; those that the file has already are passed over. For one thread.
final class Remake implements AutoCloseable {
  // Of a transaction of many records, before the rest goes to a file beside.
  private static final long KEPT_BYTES_MAX = 8L * 1024 * 1024;

  private final DatabaseId database;
  private final Limit limit;
  private final BaseFile baseFile;
  private final FileChannel file;
  private final FileChannel parts;
  private ChainHash hash = ChainHash.NONE;
  private ChainHash lastPart = ChainHash.NONE;
  private long transaction;
  private final List<Pages> kept = new ArrayList<>();
  private long keptBytes;
  private boolean isSpilled;
  private boolean isInPlace;
  private int partCount;
  private long partTransaction;
  private @Nullable LogRecord ended;
  private @Nullable LogRecord beyond;

  /// Says how far to go.
  @FunctionalInterface
  interface Limit {
    boolean includes(LogRecord end);
  }

  /// Finds the file that a database was copied from.
  @FunctionalInterface
  interface BaseFile {
    void write(byte[] sha256, FileChannel target) throws IOException;
  }

  /// @param file empty or not there yet; beside it a second one is used for a while
  Remake(DatabaseId database, Path file, Limit limit, BaseFile baseFile) throws IOException {
    this.database = database;
    this.limit = limit;
    this.baseFile = baseFile;
    this.file = open(file, StandardOpenOption.READ);
    try {
      this.parts =
          open(
              file.resolveSibling(file.getFileName() + ".parts"),
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      this.file.close();
      throw e;
    }
  }

  private static FileChannel open(Path path, StandardOpenOption more) throws IOException {
    return FileChannel.open(
        path,
        more,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  /// The last transaction that is in the file; 0 if there is none.
  long transaction() {
    return transaction;
  }

  /// The record that ends it.
  @Nullable LogRecord ended() {
    return ended;
  }

  /// The first record behind the limit. There is nothing more to add then.
  @Nullable LogRecord beyond() {
    return beyond;
  }

  /// Whether records of a transaction were added whose end was not.
  boolean isInside() {
    return partCount > 0;
  }

  /// @param where the record is, for people
  /// @param collapsed it may stand for several transactions, and its hash is that of the last one
  void add(String where, LogRecord record, boolean collapsed) throws IOException {
    add(where, Followed.unknown(record), collapsed);
  }

  /// As the other, of a record whose place in the chain may be proven by now.
  void add(String where, Followed followed, boolean collapsed) throws IOException {
    LogRecord record = followed.record();
    if (beyond != null || !record.kind().isChained() || record.key().transaction() <= transaction) {
      return;
    }
    if (record.key().part() == 0) {
      abandonParts();
    } else if (hasPart(record)) {
      return;
    }
    if (!record.key().database().equals(database)) {
      throw damaged(where, record, "it is not of database " + database);
    }
    requireFollows(where, followed, collapsed);
    lastPart = record.hash();
    if (!record.kind().endsTransaction()) {
      keepPart(record);
      return;
    }
    if (!limit.includes(record)) {
      beyond = record;
      return;
    }
    apply(where, record);
    abandonParts();
    transaction = record.key().transaction();
    hash = record.hash();
    ended = record;
  }

  // Slices may overlap.
  private boolean hasPart(LogRecord record) {
    return record.key().part() < partCount && record.key().transaction() == partTransaction;
  }

  private void requireFollows(String where, Followed followed, boolean collapsed)
      throws ObjectDamagedException {
    LogRecord record = followed.record();
    int part = record.key().part();
    if (part != partCount) {
      throw damaged(where, record, "the part before it is missing");
    }
    // Before a base that is not the first nothing is needed; what was there is another's.
    boolean begins = transaction == 0 && part == 0 && record.key().transaction() > 1;
    if (collapsed || begins) {
      return;
    }
    ChainHash before = part == 0 ? hash : lastPart;
    if (part == 0 && record.key().transaction() != transaction + 1) {
      throw damaged(where, record, "transaction %d is missing".formatted(transaction + 1));
    }
    if (!followed.follows(before)) {
      throw damaged(where, record, "it does not follow the record before it");
    }
  }

  private static ObjectDamagedException damaged(String where, LogRecord record, String what) {
    return new ObjectDamagedException(where, "%s: %s".formatted(record.key(), what));
  }

  private void abandonParts() throws IOException {
    partCount = 0;
    lastPart = hash;
    keptBytes = 0;
    kept.clear();
    if (isInPlace) {
      file.truncate(0);
      isInPlace = false;
    }
    if (isSpilled) {
      parts.truncate(0);
      isSpilled = false;
    }
  }

  private void keepPart(LogRecord record) throws IOException {
    partCount++;
    partTransaction = record.key().transaction();
    if (ended == null) { // nothing is in the file that must stay if the end does not come
      isInPlace = true;
      write(record.pages());
      return;
    }
    keptBytes += record.pages().images().length;
    if (!isSpilled && keptBytes <= KEPT_BYTES_MAX) {
      kept.add(record.pages());
      return;
    }
    isSpilled = true;
    byte[] bytes = RecordBytes.of(record, Packing.PLAIN);
    ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + bytes.length);
    out.putInt(bytes.length).put(bytes).flip();
    long at = parts.size();
    while (out.hasRemaining()) {
      at += parts.write(out, at);
    }
  }

  private void apply(String where, LogRecord record) throws IOException {
    switch (record.kind()) {
      case BASE_FILE -> {
        file.truncate(0);
        baseFile.write(record.pages().images(), file);
      }
      case BASE -> {
        if (!isInPlace) {
          file.truncate(0); // nothing before it is needed
        }
        write(record);
      }
      case COMMIT -> {
        LogRecord before = ended;
        if (before == null || before.kind() == Kind.DELETED) {
          throw damaged(where, record, "the database's base is missing");
        }
        write(record);
      }
      case DELETED -> file.truncate(0);
      case ATTACHED, CHECKPOINT, PART, SYNCED -> {
        if (transaction == 0) {
          throw damaged(where, record, "the database's base is missing");
        }
      }
    }
  }

  private void write(LogRecord end) throws IOException {
    for (Pages pages : kept) {
      write(pages);
    }
    long from = 0;
    while (isSpilled && from < parts.size()) {
      int length = read(from, Integer.BYTES).getInt();
      write(RecordBytes.next(read(from + Integer.BYTES, length)).pages());
      from += Integer.BYTES + length;
    }
    isInPlace = false;
    Pages last = end.pages();
    write(last);
    long size = (long) last.databasePages() * last.size();
    if (file.size() > size) {
      file.truncate(size);
    } else if (file.size() < size) {
      file.write(ByteBuffer.allocate(1), size - 1); // its last pages have no content
    }
  }

  private ByteBuffer read(long from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (parts.read(bytes, from + bytes.position()) < 0) {
        throw new IOException("a temporary file became shorter");
      }
    }
    return bytes.flip();
  }

  // Pages that follow each other in one write.
  private void write(Pages pages) throws IOException {
    int[] numbers = pages.numbers();
    for (int from = 0, to; from < numbers.length; from = to) {
      to = from + 1;
      while (to < numbers.length && numbers[to] == numbers[to - 1] + 1) {
        to++;
      }
      ByteBuffer images =
          ByteBuffer.wrap(pages.images(), from * pages.size(), (to - from) * pages.size());
      long at = (numbers[from] - 1L) * pages.size();
      while (images.hasRemaining()) {
        at += file.write(images, at);
      }
    }
  }

  /// The bookmark of what is in the file; null if there is nothing.
  @Nullable Bookmark bookmark() {
    LogRecord last = ended;
    return last == null ? null : last.bookmark();
  }

  FileChannel file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    try {
      parts.close();
    } finally {
      file.close();
    }
  }
}
