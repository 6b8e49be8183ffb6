package dev.burgage.node.ship;

import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.log.LogReader;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.Packing;
import dev.burgage.node.log.RecordBytes;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What is collected from the log for one slice. For one thread, once.
final class Cut {
  private final int bytesMax;
  private final TreeMap<DatabaseId, List<Packed>> records = new TreeMap<>();
  private final List<byte[]> templates = new ArrayList<>();
  private LogPosition to;
  private long bytes;
  private long firstTime;
  private long lastSecond;

  private record Packed(LogRecord record, byte[] bytes) {}

  /// @param from where the log is read on
  /// @param second of the slice before: slices do not go back in time, whatever clocks do
  Cut(LogPosition from, long second, int bytesMax) {
    this.to = from;
    this.lastSecond = second;
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
    byte[] packed = RecordBytes.of(record, Packing.DEFLATE);
    bytes += record.pages().images().length + packed.length;
    records
        .computeIfAbsent(record.key().database(), _ -> new ArrayList<>())
        .add(new Packed(record, packed));
    if (record.kind() == Kind.BASE_FILE) {
      templates.add(record.pages().images());
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

  /// Where the databases of this slice are, each once for a generation.
  ///
  /// @param from where the slice begins
  List<Home> homes(LogName log, LogPosition from) {
    List<Home> homes = new ArrayList<>();
    records.forEach((database, own) -> {
      long generation = 0;
      for (Packed packed : own) {
        var key = packed.record().key();
        if (key.generation() != generation) {
          generation = key.generation();
          homes.add(new Home(database, generation, log, key.transaction(), from));
        }
      }
    });
    return homes;
  }
}
