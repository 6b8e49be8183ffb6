package dev.burgage.node.ship;

import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.log.LogReader;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.Packing;
import dev.burgage.node.log.RecordBytes;
import dev.burgage.node.log.RecordHead;
import dev.burgage.node.log.RecordKey;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What is collected from the log for one slice. For one thread, once.
final class Cut {
  private final Start start;
  private final int bytesMax;
  private final List<Home> baseHomes = new ArrayList<>();
  private final TreeMap<DatabaseId, List<Packed>> records = new TreeMap<>();
  private final List<byte[]> templates = new ArrayList<>();
  private LogPosition to;
  private long bytes;
  private long firstTime;
  private long lastSecond;

  private record Packed(RecordHead record, byte[] bytes) {}

  /// Where a slice begins.
  ///
  /// @param from its first place
  /// @param scanned up to here there is nothing to ship
  /// @param second of the slice before: slices do not go back in time, whatever clocks do
  /// @param open of transactions that have begun in earlier slices, where; is changed
  record Start(
      LogName log,
      LogPosition from,
      LogPosition scanned,
      long second,
      Map<DatabaseId, LogPosition> open) {}

  Cut(Start start, int bytesMax) {
    this.start = start;
    this.to = start.scanned();
    this.lastSecond = start.second();
    this.bytesMax = bytesMax;
  }

  /// Takes records up to the end or to the size of a slice.
  void take(LogReader reader, LogPosition end) throws IOException {
    reader.follow(
        to,
        end,
        (record, next) -> {
          add(record);
          to = next;
          return bytes < bytesMax;
        });
  }

  private void add(LogRecord record) {
    if (!record.kind().isChained()) {
      return;
    }
    if (records.isEmpty()) {
      firstTime = record.time();
    }
    lastSecond = Math.max(lastSecond, Times.second(record.time()));
    byte[] packed = RecordBytes.of(record, Packing.ZSTD);
    bytes += record.pages().images().length + packed.length;
    records
        .computeIfAbsent(record.key().database(), _ -> new ArrayList<>())
        .add(new Packed(record.head(), packed));
    if (record.kind() == Kind.BASE_FILE) {
      templates.add(record.pages().images());
    }
    noteBegin(record);
  }

  private void noteBegin(LogRecord record) {
    RecordKey key = record.key();
    if (key.part() == 0) {
      start.open().put(key.database(), start.from());
    }
    if (!record.kind().endsTransaction()) {
      return;
    }
    LogPosition begin = start.open().remove(key.database());
    boolean isBase = record.kind() == Kind.BASE || record.kind() == Kind.BASE_FILE;
    if (isBase && key.transaction() > 1) {
      LogPosition from = begin == null ? LogObjects.NOWHERE : begin;
      baseHomes.add(
          new Home(
              key.database(),
              key.generation(),
              start.log(),
              key.transaction(),
              from,
              /* isOfBase= */ true));
    }
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  boolean isFull() {
    return bytes >= bytesMax;
  }

  LogPosition to() {
    return to;
  }

  long second() {
    return lastSecond;
  }

  long firstTime() {
    return firstTime;
  }

  List<byte[]> templates() {
    return templates;
  }

  void write(RunWriter writer) throws IOException {
    for (List<Packed> own : records.values()) {
      for (Packed packed : own) {
        writer.add(packed.record(), packed.bytes(), /* collapsed= */ false);
      }
    }
    writer.finish();
  }

  /// Where the databases of this slice are, each once for a generation and for each base.
  List<Home> homes() {
    List<Home> homes = new ArrayList<>(baseHomes);
    records.forEach((database, own) -> {
      long generation = 0;
      for (Packed packed : own) {
        RecordKey key = packed.record().key();
        if (key.generation() != generation) {
          generation = key.generation();
          homes.add(
              new Home(
                  database,
                  generation,
                  start.log(),
                  key.transaction(),
                  start.from(),
                  /* isOfBase= */ false));
        }
      }
    });
    return homes;
  }
}
