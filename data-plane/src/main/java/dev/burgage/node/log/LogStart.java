package dev.burgage.node.log;

import dev.burgage.node.files.Durable;
import dev.burgage.node.log.LogDisk.LogFile;
import dev.burgage.node.log.SegmentWriter.Parts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a log ends when a process begins with it: what the process before had not made durable is
/// cut off, and what is damaged stops the start.
///
/// @param segment the last that has records
/// @param end behind its last record
/// @param size bytes that it may have
/// @param index of its records
record LogStart(long segment, long end, long size, SegmentIndex index) {
  private static final Logger LOG = LoggerFactory.getLogger(LogStart.class);
  private static final int CHUNK_BYTES = 1024 * 1024;

  /// @throws LogDamagedException if something is damaged that was durable
  static LogStart of(Parts parts, LogSettings settings) throws IOException {
    List<Path> segments = segments(parts.folder());
    removeSpare(segments);
    if (segments.isEmpty()) {
      return first(parts, settings);
    }
    for (int i = 0; i < segments.size() - 1; i++) {
      readFull(parts, segments.get(i), header(parts, segments.get(i + 1)));
    }
    return readLast(parts, segments.getLast());
  }

  /// In the order of their numbers.
  static List<Path> segments(Path folder) throws IOException {
    List<Path> segments = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.log")) {
      files.forEach(file -> {
        if (SegmentHeader.numberOf(file) > 0) {
          segments.add(file);
        }
      });
    }
    segments.sort(null);
    return segments;
  }

  // The last file may be a segment that was not begun, or only in part; that it was begun is
  // certain once a mark behind its header is there.
  private static void removeSpare(List<Path> segments) throws IOException {
    if (segments.isEmpty()) {
      return;
    }
    Path last = segments.getLast();
    try (SegmentReader reader = SegmentReader.open(last)) {
      if (hasHeader(reader)) {
        return;
      }
      if (reader.findAfter(0, Kind.SYNCED) > 0) {
        throw new LogDamagedException("%s: the segment's header is damaged".formatted(last));
      }
    }
    Files.delete(last);
    segments.removeLast();
  }

  private static boolean hasHeader(SegmentReader reader) throws IOException {
    try {
      return reader.header() != null;
    } catch (DamagedRecordException e) {
      return false;
    }
  }

  private static LogStart first(Parts parts, LogSettings settings) throws IOException {
    Path file = parts.folder().resolve(SegmentHeader.fileName(1));
    ByteBuffer zeros = ByteBuffer.allocate(CHUNK_BYTES);
    long created = parts.clock().instant().getEpochSecond();
    try (LogFile segment = parts.disk().open(file)) {
      for (long at = 0; at < settings.segmentBytes(); at += CHUNK_BYTES) {
        zeros.clear().limit((int) Math.min(CHUNK_BYTES, settings.segmentBytes() - at));
        segment.write(zeros, at);
      }
      segment.write(new SegmentHeader(1, 0, parts.node(), created).encode(), 0);
      segment.force();
    }
    Durable.syncFolder(parts.folder());
    return new LogStart(1, SegmentHeader.BYTES, settings.segmentBytes(), new SegmentIndex());
  }

  private static SegmentHeader header(Parts parts, Path file) throws IOException {
    try (SegmentReader reader = SegmentReader.open(file)) {
      SegmentHeader header = reader.header();
      if (header == null || header.number() != SegmentHeader.numberOf(file)) {
        throw new LogDamagedException("%s: the segment has no header of its own".formatted(file));
      }
      if (!header.node().equals(parts.node())) {
        throw new LogDamagedException(
            "%s: the log of node %s; this is node %s, which needs a folder of its own"
                .formatted(file, header.node(), parts.node()));
      }
      return header;
    } catch (DamagedRecordException e) {
      throw new LogDamagedException(
          "%s: the segment's header is damaged: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static void readFull(Parts parts, Path file, SegmentHeader next) throws IOException {
    long number = SegmentHeader.numberOf(file);
    if (next.number() != number + 1) {
      throw new LogDamagedException(
          "segment %s is missing"
              .formatted(file.resolveSibling(SegmentHeader.fileName(number + 1))));
    }
    if (header(parts, file).number() == 0 || Files.size(file) < next.previousEnd()) {
      throw new LogDamagedException(
          "%s: the segment has %d bytes; its successor says %d"
              .formatted(file, Files.size(file), next.previousEnd()));
    }
    SegmentIndex index = SegmentIndex.load(file, next.previousEnd());
    if (index == null) {
      index = new SegmentIndex();
      long end = scan(file, index, /* mayBeTorn= */ false);
      if (end != next.previousEnd()) {
        throw new LogDamagedException(
            "%s: the segment's records end at %d; its successor says %d"
                .formatted(file, end, next.previousEnd()));
      }
      index.save(file, end);
    }
    cut(parts, file, next.previousEnd());
    parts.tails().add(number, index);
  }

  // The process before died when the next segment was begun and this one not yet cut.
  private static void cut(Parts parts, Path file, long end) throws IOException {
    if (Files.size(file) > end) {
      try (LogFile segment = parts.disk().open(file)) {
        segment.truncate(end);
      }
    }
  }

  private static LogStart readLast(Parts parts, Path file) throws IOException {
    long number = header(parts, file).number();
    SegmentIndex index = new SegmentIndex();
    long end = scan(file, index, /* mayBeTorn= */ true);
    parts.tails().add(number, index);
    makeDurable(parts, file, end);
    return new LogStart(number, end, Files.size(file), index);
  }

  private static long scan(Path file, SegmentIndex index, boolean mayBeTorn) throws IOException {
    long[] reached = new long[1];
    try (SegmentReader reader = SegmentReader.open(file)) {
      try {
        return SegmentIndex.scan(reader, index, reached);
      } catch (DamagedRecordException e) {
        // A group's mark is written when all groups before it are durable.
        long proof = mayBeTorn ? reader.findAfter(reached[0], Kind.SYNCED) : reached[0];
        if (proof > 0) {
          throw new LogDamagedException(
              "%s, offset %d: a record that was durable is damaged: %s; see docs/commit-log.md"
                  .formatted(file, reached[0], e.getMessage()),
              e);
        }
        LOG.info("{}: cut at {}, where the last process was writing", file, reached[0]);
        return reached[0];
      }
    }
  }

  // The last group may be in memory only, and after a failed fsync the operating system takes it
  // for written. Written once more it must go to the disk, and so must the zeros behind it.
  private static void makeDurable(Parts parts, Path file, long end) throws IOException {
    long size = Files.size(file);
    try (SegmentReader reader = SegmentReader.open(file);
        LogFile segment = parts.disk().open(file)) {
      long from = lastMark(reader, end);
      for (long at = from; at < size; at += CHUNK_BYTES) {
        int length = (int) Math.min(CHUNK_BYTES, size - at);
        byte[] bytes = reader.bytes(at, length);
        int kept = (int) Math.max(0, Math.min(length, end - at));
        boolean blank = isBlank(bytes, kept);
        if (kept > 0 || !blank) {
          Arrays.fill(bytes, kept, length, (byte) 0);
          segment.write(ByteBuffer.wrap(bytes), at);
        }
      }
      segment.force();
    }
  }

  private static boolean isBlank(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static long lastMark(SegmentReader reader, long end) throws IOException {
    long mark = SegmentHeader.BYTES;
    for (long at = mark; at < end; ) {
      byte @Nullable [] bytes = reader.read(at);
      if (bytes == null) {
        break;
      }
      if (Kind.of(bytes[12]) == Kind.SYNCED) {
        mark = at;
      }
      at += bytes.length;
    }
    return mark;
  }
}
