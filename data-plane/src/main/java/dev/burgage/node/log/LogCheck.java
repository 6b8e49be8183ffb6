package dev.burgage.node.log;

import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads all of a log, or one segment of it, and says what is wrong: sums, lengths, the numbers of
/// segments, and of each database the numbers and the hashes of its transactions. Changes nothing.
/// For one thread, once.
public final class LogCheck {
  private static final int FINDINGS_MAX = 20;

  private final Map<DatabaseId, Chain> chains = new HashMap<>();
  private final Set<DatabaseId> broken = new HashSet<>();
  private final List<Finding> findings = new ArrayList<>();
  private long records;
  private long bytes;
  private @Nullable String unfinished;

  private LogCheck() {}

  /// Something wrong.
  ///
  /// @param position of the segment's or the record's first byte
  /// @param record which it is, or null if that cannot be known
  public record Finding(LogPosition position, @Nullable RecordKey record, String what) {
    @Override
    public String toString() {
      return record == null
          ? "%s: %s".formatted(position, what)
          : "%s (%s): %s".formatted(position, record, what);
    }
  }

  /// What a check found.
  ///
  /// @param findings the first of them, in the order of the log
  /// @param unfinished where a process that was killed was writing, or null; the next start cuts it
  ///   off
  public record Report(
      long records,
      long bytes,
      int databases,
      List<Finding> findings,
      @Nullable String unfinished) {
    public Report {
      findings = List.copyOf(findings);
    }
  }

  private record Chain(long transaction, ChainHash ended, ChainHash last, int parts) {}

  /// Checks a folder of segments or a single segment.
  ///
  /// @throws IllegalArgumentException if it is neither
  public static Report of(Path log) throws IOException {
    List<Path> segments = Files.isDirectory(log) ? LogStart.segments(log) : List.of(log);
    if (segments.isEmpty() || SegmentHeader.numberOf(segments.getFirst()) == 0) {
      throw new IllegalArgumentException(
          log + " must be a log's folder or one of its segments, like 0000000000000001.log");
    }
    LogCheck check = new LogCheck();
    long end = 0;
    for (int i = 0; i < segments.size(); i++) {
      boolean isFirst = i == 0;
      boolean isLast = i == segments.size() - 1;
      if (!isFirst) {
        check.successor(segments.get(i - 1), segments.get(i));
      }
      end = check.segment(segments.get(i), isFirst ? -1 : end, isLast);
    }
    return new Report(
        check.records, check.bytes, check.chains.size(), check.findings, check.unfinished);
  }

  private void successor(Path before, Path segment) {
    long expected = SegmentHeader.numberOf(before) + 1;
    if (SegmentHeader.numberOf(segment) != expected) {
      add(new LogPosition(expected, 0), null, "the segment is missing");
    }
  }

  // Gives where its records end.
  private long segment(Path file, long previousEnd, boolean isLast) throws IOException {
    long number = SegmentHeader.numberOf(file);
    try (SegmentReader reader = SegmentReader.open(file)) {
      if (!header(reader, number, previousEnd, isLast)) {
        return SegmentHeader.BYTES;
      }
      long at = SegmentHeader.BYTES;
      while (at > 0) {
        try {
          byte[] record = reader.read(at);
          if (record == null) {
            blank(reader, number, at);
            return at;
          }
          record(new LogPosition(number, at), RecordFormat.decode(record));
          at += record.length;
          bytes += record.length;
        } catch (DamagedRecordException e) {
          at = damaged(reader, new LogPosition(number, at), e, isLast);
        }
      }
      return reader.size();
    }
  }

  private boolean header(SegmentReader reader, long number, long previousEnd, boolean isLast)
      throws IOException {
    LogPosition start = new LogPosition(number, 0);
    try {
      SegmentHeader header = reader.header();
      if (header == null) {
        if (!isLast || reader.findAfter(0, /* kind= */ null) > 0) {
          add(start, null, "the segment's header is missing");
        }
        return !isLast;
      }
      if (header.number() != number) {
        add(start, null, "it is segment " + SegmentHeader.fileName(header.number()));
      }
      if (previousEnd >= 0 && header.previousEnd() != previousEnd) {
        add(
            new LogPosition(number - 1, Math.min(previousEnd, header.previousEnd())),
            null,
            "the segment's records end at %d; its successor says %d"
                .formatted(previousEnd, header.previousEnd()));
      }
    } catch (DamagedRecordException e) {
      add(start, null, "the segment's header: " + e.getMessage());
    }
    return true;
  }

  // Behind the end there is nothing but zeros.
  private void blank(SegmentReader reader, long number, long end) throws IOException {
    long next = reader.findAfter(end, /* kind= */ null);
    if (next > 0) {
      add(
          new LogPosition(number, end),
          null,
          "there is no record here, and one at offset %d".formatted(next));
    }
  }

  // What no mark comes after may never have been durable.
  private long damaged(
      SegmentReader reader, LogPosition at, DamagedRecordException e, boolean isLast)
      throws IOException {
    long mark = reader.findAfter(at.offset(), Kind.SYNCED);
    if (isLast && mark == 0) {
      unfinished = "%s: %s".formatted(at, e.getMessage());
      return 0;
    }
    long next = reader.findAfter(at.offset(), /* kind= */ null);
    add(at, key(reader, at), "the record is damaged: " + e.getMessage());
    return next;
  }

  // By what is left of it, if that names a database that the log has.
  private @Nullable RecordKey key(SegmentReader reader, LogPosition at) throws IOException {
    if (at.offset() + RecordFormat.HEADER_BYTES > reader.size()) {
      return null;
    }
    RecordKey key = RecordFormat.key(reader.bytes(at.offset(), RecordFormat.HEADER_BYTES));
    broken.add(key.database());
    return chains.containsKey(key.database()) ? key : null;
  }

  private void record(LogPosition position, LogRecord record) {
    records++;
    if (record.kind() == Kind.SYNCED) {
      return;
    }
    RecordKey key = record.key();
    Chain chain = chains.get(key.database());
    if (chain == null) {
      begin(position, record);
      return;
    }
    if (!record.kind().isChained()) {
      if (!record.hash().equals(chain.ended())) {
        brokenChain(position, record);
      }
      return;
    }
    ChainHash before = key.part() == 0 ? chain.ended() : chain.last();
    boolean follows =
        key.transaction() == chain.transaction() + 1
            && (key.part() == 0 || key.part() == chain.parts());
    if (!follows || !record.hashAfter(before).equals(record.hash())) {
      brokenChain(position, record);
    }
    chains.put(key.database(), next(record, chain));
  }

  // The records before it may have been deleted, so it is taken as it is unless it is the first.
  private void begin(LogPosition position, LogRecord record) {
    RecordKey key = record.key();
    boolean isFirst = key.transaction() == 1 && key.part() == 0 && record.kind().isChained();
    if (isFirst && !record.hashAfter(ChainHash.NONE).equals(record.hash())) {
      brokenChain(position, record);
    }
    Chain none = new Chain(key.transaction() - 1, ChainHash.NONE, ChainHash.NONE, 0);
    chains.put(
        key.database(),
        record.kind().isChained()
            ? next(record, none)
            : new Chain(key.transaction(), record.hash(), record.hash(), 0));
  }

  private static Chain next(LogRecord record, Chain chain) {
    return record.kind().endsTransaction()
        ? new Chain(record.key().transaction(), record.hash(), record.hash(), 0)
        : new Chain(chain.transaction(), chain.ended(), record.hash(), record.key().part() + 1);
  }

  // Behind a damaged record of the database that is no news.
  private void brokenChain(LogPosition position, LogRecord record) {
    if (broken.add(record.key().database())) {
      add(position, record.key(), "it does not follow the database's record before it");
    }
  }

  private void add(LogPosition position, @Nullable RecordKey record, String what) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add(new Finding(position, record, what));
    }
  }
}
