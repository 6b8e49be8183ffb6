package dev.burgage.node.log;

import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the records of single databases, as far as they were durable when it was made. Each record
/// is checked: its own sum, and its hash against the record before. For one thread.
public final class LogReader implements AutoCloseable {
  private final Path folder;
  private final long current;
  private final SegmentIndex currentIndex;
  private final SegmentIndexes indexes;
  private @Nullable SegmentReader open;

  /// @param current the segment that is written
  /// @param currentIndex of its durable records
  /// @param indexes of the segments before it, shared by readers
  LogReader(Path folder, long current, SegmentIndex currentIndex, SegmentIndexes indexes) {
    this.folder = folder;
    this.current = current;
    this.currentIndex = currentIndex;
    this.indexes = indexes;
  }

  /// Is given transactions, one after the other.
  @FunctionalInterface
  public interface Visitor {
    /// @return whether to go on
    boolean visit(LoggedTransaction transaction) throws IOException;
  }

  /// Gives all transactions of a database from one on, in their order.
  ///
  /// @throws LogDamagedException if a record is damaged or missing
  public void read(DatabaseId database, long fromTransaction, Visitor visitor) throws IOException {
    Chain chain = new Chain(fromTransaction);
    for (Path segment : LogStart.segments(folder)) {
      long number = SegmentHeader.numberOf(segment);
      if (number > current) {
        return;
      }
      for (int offset : index(segment, number).offsets(database, fromTransaction)) {
        LogPosition position = new LogPosition(number, offset);
        LoggedTransaction ended = chain.add(position, record(position));
        if (ended != null && !visitor.visit(ended)) {
          return;
        }
      }
    }
  }

  /// How many records of a database there are.
  public int count(DatabaseId database) throws IOException {
    int count = 0;
    for (Path segment : LogStart.segments(folder)) {
      long number = SegmentHeader.numberOf(segment);
      if (number <= current) {
        count += index(segment, number).offsets(database, 0).length;
      }
    }
    return count;
  }

  /// Is given records in the order of the log.
  @FunctionalInterface
  public interface Follower {
    /// @param next where the record after it begins
    /// @return whether to go on
    boolean follow(LogRecord record, LogPosition next) throws IOException;
  }

  /// Where the log begins that is still there.
  public LogPosition begin() throws IOException {
    List<Path> segments = LogStart.segments(folder);
    long first = segments.isEmpty() ? current : SegmentHeader.numberOf(segments.getFirst());
    return new LogPosition(first, SegmentHeader.BYTES);
  }

  /// Gives all records of all databases between two places, in the order of the log.
  ///
  /// @param from where a record begins or a segment ends
  /// @param end no further than [CommitLog#durableEnd] was when this reader was made
  /// @throws LogDamagedException if a record is damaged or missing
  public void follow(LogPosition from, LogPosition end, Follower follower) throws IOException {
    LogPosition at = from;
    while (at.compareTo(end) < 0) {
      boolean isFull = at.segment() < end.segment();
      if (isFull && at.offset() == reader(at.segment()).size()) {
        at = new LogPosition(at.segment() + 1, SegmentHeader.BYTES);
        continue;
      }
      byte[] bytes = bytes(at);
      LogPosition next = new LogPosition(at.segment(), at.offset() + bytes.length);
      if (!follower.follow(decoded(at, bytes), next)) {
        return;
      }
      at = next;
    }
  }

  SegmentIndex index(Path segment, long number) throws IOException {
    if (number == current) {
      return currentIndex;
    }
    SegmentIndex known = indexes.find(number);
    if (known == null) {
      known = load(segment, number);
      indexes.keep(number, known);
    }
    return known;
  }

  private SegmentIndex load(Path segment, long number) throws IOException {
    long end = reader(number).size();
    SegmentIndex kept = SegmentIndex.load(segment, end);
    if (kept != null) {
      return kept;
    }
    SegmentIndex scanned = new SegmentIndex();
    long[] reached = new long[1];
    try {
      SegmentIndex.scan(reader(number), scanned, reached);
      return scanned;
    } catch (DamagedRecordException e) {
      throw damaged(new LogPosition(number, reached[0]), e);
    }
  }

  private static LogDamagedException damaged(LogPosition position, DamagedRecordException cause) {
    return new LogDamagedException(
        "%s: the record is damaged: %s".formatted(position, cause.getMessage()), cause);
  }

  /// The record at a position.
  ///
  /// @throws LogDamagedException if it is damaged
  public LogRecord record(LogPosition position) throws IOException {
    return decoded(position, bytes(position));
  }

  private byte[] bytes(LogPosition position) throws IOException {
    try {
      byte[] bytes = reader(position.segment()).read(position.offset());
      if (bytes == null) {
        throw new DamagedRecordException("there is nothing");
      }
      return bytes;
    } catch (DamagedRecordException e) {
      throw damaged(position, e);
    }
  }

  private static LogRecord decoded(LogPosition position, byte[] bytes) throws LogDamagedException {
    try {
      return RecordFormat.decode(bytes);
    } catch (DamagedRecordException e) {
      throw damaged(position, e);
    }
  }

  private SegmentReader reader(long number) throws IOException {
    SegmentReader reader = open;
    Path file = folder.resolve(SegmentHeader.fileName(number));
    if (reader != null && reader.file().equals(file)) {
      return reader;
    }
    close();
    reader = SegmentReader.open(file);
    open = reader;
    return reader;
  }

  @Override
  public void close() throws IOException {
    SegmentReader reader = open;
    open = null;
    if (reader != null) {
      reader.close();
    }
  }

  /// The records of a database as they follow each other.
  private static final class Chain {
    private final long from;
    private final List<LogPosition> parts = new ArrayList<>();
    private long transaction;
    private @Nullable ChainHash ended;
    private @Nullable ChainHash last;

    Chain(long from) {
      this.from = from;
    }

    /// @return the transaction that the record ends; null if it ends none, or one before the first
    @Nullable LoggedTransaction add(LogPosition position, LogRecord record)
        throws LogDamagedException {
      if (!record.kind().isChained()) {
        return null;
      }
      RecordKey key = record.key();
      if (key.part() == 0) {
        parts.clear();
        last = ended;
      }
      check(position, record);
      last = record.hash();
      if (!record.kind().endsTransaction()) {
        parts.add(position);
        return null;
      }
      transaction = key.transaction();
      ended = record.hash();
      List<LogPosition> own = List.copyOf(parts);
      parts.clear();
      return transaction < from ? null : new LoggedTransaction(record, own);
    }

    private void check(LogPosition position, LogRecord record) throws LogDamagedException {
      RecordKey key = record.key();
      ChainHash before = key.transaction() == 1 && key.part() == 0 ? ChainHash.NONE : last;
      boolean follows =
          (ended == null || key.transaction() == transaction + 1)
              && (key.part() == parts.size() || ended == null);
      if (!follows || (before != null && !record.hashAfter(before).equals(record.hash()))) {
        throw new LogDamagedException(
            "%s: %s does not follow the record before it".formatted(position, key));
      }
    }
  }
}
