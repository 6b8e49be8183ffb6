package dev.burgage.node.log;

import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/// One record of the log. Its hash covers what the record says of the database and the hash of the
/// record before; not where and how a node keeps it, so a record may be packed anew and moved.
///
/// @param time of the transaction: seconds since 1970 in the upper half, 2^-32 seconds in the lower
/// @param wal where the database's WAL stood; the node's own business
/// @param hash this record's
public record LogRecord(
    Kind kind, RecordKey key, long time, Pages pages, WalPosition wal, ChainHash hash) {
  private static final int HASHED_BYTES = 64;

  /// @throws IllegalArgumentException if the kind cannot have these pages
  public LogRecord {
    int expected = kind == Kind.BASE_FILE ? ChainHash.BYTES : pages.count() * pages.size();
    if (pages.images().length != expected || (pages.count() > 0 && !kind.mayHavePages())) {
      throw new IllegalArgumentException(
          "a %s record of %d pages must hold %d bytes; got %d"
              .formatted(kind, pages.count(), expected, pages.images().length));
    }
  }

  public RecordHead head() {
    return new RecordHead(kind, key, time);
  }

  /// A record chained to the one before.
  static LogRecord chained(LogRecord unchained, ChainHash before) {
    return new LogRecord(
        unchained.kind,
        unchained.key,
        unchained.time,
        unchained.pages,
        unchained.wal,
        unchained.hashAfter(before));
  }

  /// The hash that this record must have if it follows one with that hash.
  public ChainHash hashAfter(ChainHash before) {
    ByteBuffer head =
        ByteBuffer.allocate(ChainHash.BYTES + HASHED_BYTES + Integer.BYTES * pages.count());
    before.put(head, 0);
    head.position(ChainHash.BYTES);
    head.putLong(key.database().value().getMostSignificantBits());
    head.putLong(key.database().value().getLeastSignificantBits());
    head.putLong(key.generation()).putLong(key.transaction()).putLong(time);
    head.putInt(kind.code()).putInt(key.part());
    head.putInt(pages.size()).putInt(pages.databasePages()).putInt(pages.count());
    head.putInt(0);
    for (int number : pages.numbers()) {
      head.putInt(number);
    }
    MessageDigest digest = Sha256.digest();
    digest.update(head.array());
    return ChainHash.of(digest.digest(pages.images()));
  }

  /// The bookmark of the state with this record, when that ends a transaction.
  public Bookmark bookmark() {
    return new Bookmark(time >>> Integer.SIZE, key.transaction(), hash.first(), hash.second());
  }
}
