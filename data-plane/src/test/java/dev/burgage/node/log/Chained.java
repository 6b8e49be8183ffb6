package dev.burgage.node.log;

import dev.burgage.protocol.DatabaseId;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Records of one database that no SQLite has made, each chained to the one before.
final class Chained {
  static final int PAGE_BYTES = 512;

  private final DatabaseId database;
  private final Random random;
  private @Nullable LogRecord last;
  private @Nullable Append append;

  Chained(long number) {
    this.database = new DatabaseId(new UUID(0x6000_0000_0000_4000L, number));
    this.random = new Random(number);
  }

  /// As the log has it after a start.
  Chained(long number, @Nullable LogRecord last) {
    this(number);
    this.last = last;
  }

  DatabaseId database() {
    return database;
  }

  long transaction() {
    LogRecord known = last;
    return known == null ? 0 : known.key().transaction();
  }

  LogRecord next(int pageCount) {
    return next(pageCount == 0 ? Kind.BASE_FILE : Kind.COMMIT, pageCount);
  }

  LogRecord next(Kind kind, int pageCount) {
    byte[] images = new byte[kind == Kind.BASE_FILE ? ChainHash.BYTES : pageCount * PAGE_BYTES];
    random.nextBytes(images);
    int[] numbers = IntStream.rangeClosed(1, pageCount).toArray();
    Pages pages = new Pages(PAGE_BYTES, Math.max(1, pageCount), numbers, images);
    LogRecord before = last;
    ChainHash hash = before == null ? ChainHash.NONE : before.hash();
    RecordKey key = new RecordKey(database, 1, transaction() + 1, 0);
    LogRecord record =
        LogRecord.chained(
            new LogRecord(kind, key, key.transaction() << 32, pages, WalPosition.NONE, hash), hash);
    last = record;
    return record;
  }

  Append append(CommitLog log, int pageCount) throws LogFailedException {
    Append appended = log.append(next(pageCount), append);
    append = appended;
    return appended;
  }
}
