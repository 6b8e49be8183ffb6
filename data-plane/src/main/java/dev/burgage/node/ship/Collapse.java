package dev.burgage.node.ship;

import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.Packing;
import dev.burgage.node.log.Pages;
import dev.burgage.node.log.RecordBytes;
import dev.burgage.node.log.RecordKey;
import dev.burgage.node.log.WalPosition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes one transaction of all that a database committed in a minute: the last image of each page.
/// It has the number, the time and the hash of the last one, so its bookmark is still true. For one
/// thread.
final class Collapse {
  private static final int IMAGE_BYTES_MAX = 512 * 1024;
  private static final long SECONDS = 60;

  private final RunWriter out;
  private final long bytesMax;
  private final TreeMap<Integer, byte[]> images = new TreeMap<>();
  private final List<LogRecord> parts = new ArrayList<>();
  private long partBytes;
  private boolean isPassing;
  private @Nullable LogRecord end;
  private int smallest = Integer.MAX_VALUE;

  /// @param bytesMax of images that are held
  Collapse(RunWriter out, long bytesMax) {
    this.out = out;
    this.bytesMax = bytesMax;
  }

  /// @param bytes what the record is made of
  void add(LogRecord record, byte[] bytes, boolean isCollapsed) throws IOException {
    if (record.key().part() == 0) {
      parts.clear();
      partBytes = 0;
      isPassing = false;
    } else if (parts.isEmpty()) {
      isPassing = true; // it began before
    }
    if (isCollapsed || isPassing) {
      flush();
      out.add(record.head(), bytes, /* collapsed= */ true);
    } else if (record.kind() == Kind.PART) {
      addPart(record);
    } else if (record.kind() == Kind.COMMIT) {
      commit(record);
    } else {
      flush();
      passParts();
      out.add(record.head(), bytes, /* collapsed= */ true);
    }
    if (record.kind().endsTransaction()) {
      parts.clear();
      partBytes = 0;
      isPassing = false;
    }
  }

  private void addPart(LogRecord record) throws IOException {
    parts.add(record);
    partBytes += record.pages().images().length;
    if (partBytes > bytesMax) {
      flush();
      passParts();
      isPassing = true;
    }
  }

  private void passParts() throws IOException {
    for (LogRecord part : parts) {
      write(part);
    }
    parts.clear();
    partBytes = 0;
  }

  private void commit(LogRecord record) throws IOException {
    LogRecord before = end;
    if (before != null && !isSame(before, record)) {
      flush();
    }
    for (LogRecord part : parts) {
      take(part.pages());
    }
    take(record.pages());
    int size = record.pages().databasePages();
    smallest = Math.min(smallest, size);
    images.tailMap(size, /* inclusive= */ false).clear();
    end = record;
  }

  private boolean isSame(LogRecord before, LogRecord record) {
    return minute(before) == minute(record)
        && before.key().generation() == record.key().generation()
        && before.pages().size() == record.pages().size()
        && (long) images.size() * record.pages().size() < bytesMax;
  }

  private static long minute(LogRecord record) {
    return Times.second(record.time()) / SECONDS;
  }

  private void take(Pages pages) {
    for (int i = 0; i < pages.numbers().length; i++) {
      byte[] image = new byte[pages.size()];
      System.arraycopy(pages.images(), i * pages.size(), image, 0, image.length);
      images.put(pages.numbers()[i], image);
    }
  }

  private void flush() throws IOException {
    LogRecord last = end;
    if (last == null) {
      return;
    }
    // What a smaller size has cut off was zeros when the database grew again.
    int pageSize = last.pages().size();
    for (int number = smallest + 1; number <= last.pages().databasePages(); number++) {
      images.computeIfAbsent(number, _ -> new byte[pageSize]);
    }
    writeMinute(last, pageSize);
    images.clear();
    smallest = Integer.MAX_VALUE;
    end = null;
  }

  private void writeMinute(LogRecord last, int pageSize) throws IOException {
    int perRecord = Math.max(1, IMAGE_BYTES_MAX / pageSize);
    List<Integer> numbers = List.copyOf(images.keySet());
    RecordKey key = last.key();
    int part = 0;
    for (int from = 0; from == 0 || from < numbers.size(); from += perRecord) {
      List<Integer> own = numbers.subList(from, Math.min(numbers.size(), from + perRecord));
      boolean isLast = from + perRecord >= numbers.size();
      write(
          new LogRecord(
              isLast ? Kind.COMMIT : Kind.PART,
              new RecordKey(key.database(), key.generation(), key.transaction(), part++),
              last.time(),
              pages(own, pageSize, last.pages().databasePages()),
              WalPosition.NONE,
              last.hash()));
    }
  }

  private Pages pages(List<Integer> numbers, int pageSize, int databasePages) {
    byte[] bytes = new byte[numbers.size() * pageSize];
    for (int i = 0; i < numbers.size(); i++) {
      byte[] image = images.get(numbers.get(i));
      if (image != null) {
        System.arraycopy(image, 0, bytes, i * pageSize, pageSize);
      }
    }
    int[] own = numbers.stream().mapToInt(Integer::intValue).toArray();
    return new Pages(pageSize, databasePages, own, bytes);
  }

  private void write(LogRecord record) throws IOException {
    out.add(record.head(), RecordBytes.of(record, Packing.ZSTD), /* collapsed= */ true);
  }

  /// The next record is of another database.
  void endDatabase() throws IOException {
    flush();
    passParts();
    isPassing = false;
  }
}
