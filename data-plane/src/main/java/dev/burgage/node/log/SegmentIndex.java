package dev.burgage.node.log;

import dev.burgage.node.files.Durable;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Where the records of each database are in one segment. Of a segment that is full it is kept
/// beside it, so that a start reads no full segment; it can be made again from the segment.
/// Thread-safe.
final class SegmentIndex {
  private static final long MAGIC = 0x4255524749445831L; // BURGIDX1
  private static final int HEADER_BYTES = 32;
  private static final int ENTRY_BYTES = 52;
  private static final int OFFSETS_MIN = 4;

  private final Map<DatabaseId, Entry> entries = new HashMap<>();

  /// The records of one database.
  private static final class Entry {
    private long firstTransaction;
    private long lastTransaction;
    // 0 if there is none in this segment.
    private long replayFrom;
    private int lastEnd;
    private int count;
    private int[] offsets = new int[OFFSETS_MIN];

    private void add(Kind kind, long transaction, int offset) {
      if (count == 0) {
        firstTransaction = transaction;
      }
      lastTransaction = transaction;
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count);
      }
      offsets[count++] = offset;
      if (kind != Kind.PART) {
        lastEnd = offset;
      }
      switch (kind) {
        case BASE, BASE_FILE -> replayFrom = transaction;
        case CHECKPOINT -> replayFrom = transaction + 1;
        case SYNCED, PART, COMMIT, ATTACHED, DELETED -> {
          // change nothing about where a replay begins
        }
      }
    }
  }

  synchronized void add(Kind kind, RecordKey key, long offset) {
    if (kind != Kind.SYNCED) {
      entries
          .computeIfAbsent(key.database(), _ -> new Entry())
          .add(kind, key.transaction(), (int) offset);
    }
  }

  /// Where the records of a database begin that are of a transaction or a later one.
  synchronized int[] offsets(DatabaseId database, long fromTransaction) {
    Entry entry = entries.get(database);
    return entry == null || entry.lastTransaction < fromTransaction
        ? new int[0]
        : Arrays.copyOf(entry.offsets, entry.count);
  }

  /// Tells where each database of this segment ends now.
  synchronized void tellTails(long segment, Map<DatabaseId, LogTail> tails) {
    entries.forEach((database, entry) -> {
      LogTail before = tails.get(database);
      if (entry.lastEnd != 0) {
        LogPosition last = new LogPosition(segment, entry.lastEnd);
        tails.put(
            database,
            entry.replayFrom != 0 || before == null
                ? new LogTail(last, entry.replayFrom, segment)
                : new LogTail(last, before.replayFrom(), before.replaySegment()));
      }
    });
  }

  /// Databases that need this segment: those whose newest record is in it, those with commits in it
  /// that may be missing in their files, and those of which nothing later says what is in them.
  synchronized List<DatabaseId> heldBy(long segment, LogTails tails) {
    List<DatabaseId> holders = new ArrayList<>();
    entries.forEach((database, entry) -> {
      LogTail tail = tails.find(database);
      if (tail != null
          && (tail.last().segment() == segment
              || tail.replaySegment() == segment
              || entry.lastTransaction >= tail.replayFrom())) {
        holders.add(database);
      }
    });
    return holders;
  }

  static Path file(Path segment) {
    String name = segment.getFileName().toString();
    return segment.resolveSibling(name.substring(0, name.length() - 4) + ".index");
  }

  /// @param end of the segment
  synchronized void save(Path segment, long end) throws IOException {
    int offsets = entries.values().stream().mapToInt(entry -> entry.count).sum();
    ByteBuffer bytes =
        ByteBuffer.allocate(
            HEADER_BYTES + ENTRY_BYTES * entries.size() + Integer.BYTES * (offsets + 1));
    bytes.putLong(MAGIC).putLong(SegmentHeader.numberOf(segment)).putLong(end);
    bytes.putInt(entries.size()).putInt(0);
    entries.forEach((database, entry) -> {
      bytes.putLong(database.value().getMostSignificantBits());
      bytes.putLong(database.value().getLeastSignificantBits());
      bytes.putLong(entry.firstTransaction).putLong(entry.lastTransaction);
      bytes.putLong(entry.replayFrom).putInt(entry.lastEnd).putInt(entry.count);
      bytes.putInt(0);
      for (int i = 0; i < entry.count; i++) {
        bytes.putInt(entry.offsets[i]);
      }
    });
    bytes.putInt(checksum(bytes.array()));
    Durable.replace(file(segment), bytes.array());
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - Integer.BYTES);
    return (int) crc.getValue();
  }

  /// @return null if there is none, or not one of these bytes of the segment
  static @Nullable SegmentIndex load(Path segment, long end) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file(segment));
    } catch (NoSuchFileException e) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER_BYTES + Integer.BYTES
        || in.getInt(bytes.length - Integer.BYTES) != checksum(bytes)
        || in.getLong() != MAGIC
        || in.getLong() != SegmentHeader.numberOf(segment)
        || in.getLong() != end) {
      return null;
    }
    SegmentIndex index = new SegmentIndex();
    int count = in.getInt();
    in.getInt();
    for (int i = 0; i < count; i++) {
      DatabaseId database = new DatabaseId(new UUID(in.getLong(), in.getLong()));
      index.entries.put(database, entry(in));
    }
    return index;
  }

  private static Entry entry(ByteBuffer in) {
    Entry entry = new Entry();
    entry.firstTransaction = in.getLong();
    entry.lastTransaction = in.getLong();
    entry.replayFrom = in.getLong();
    entry.lastEnd = in.getInt();
    entry.count = in.getInt();
    in.getInt();
    entry.offsets = new int[entry.count];
    for (int i = 0; i < entry.count; i++) {
      entry.offsets[i] = in.getInt();
    }
    return entry;
  }

  /// Reads a segment from its first record to where there is none any more.
  ///
  /// @return where that is
  /// @throws DamagedRecordException if there is no end; `reached` says where
  static long scan(SegmentReader segment, SegmentIndex into, long[] reached) throws IOException {
    long at = SegmentHeader.BYTES;
    while (true) {
      reached[0] = at;
      byte[] bytes = segment.read(at);
      if (bytes == null) {
        return at;
      }
      LogRecord record = RecordFormat.decode(bytes);
      into.add(record.kind(), record.key(), at);
      at += bytes.length;
    }
  }
}
