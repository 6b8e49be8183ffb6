package dev.burgage.node.log;

import dev.burgage.node.log.LogDisk.LogFile;
import dev.burgage.protocol.NodeName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes groups of records to the end of the log, each group with one write and one fsync. Used by
/// one thread; [#remaining] by all.
final class SegmentWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentWriter.class);
  private static final int GROUP_BYTES_MAX = 4 * 1024 * 1024;

  private final Path folder;
  private final NodeName node;
  private final Clock clock;
  private final LogDisk disk;
  private final LogTails tails;
  private final SegmentIndexes indexes = new SegmentIndexes();
  private final SpareSegment spare;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(GROUP_BYTES_MAX);
  private final List<Append> buffered = new ArrayList<>();
  private LogFile file;
  private long segment;
  private long size;
  private SegmentIndex index;
  private volatile long groups;
  private volatile long records;
  private volatile long bytes;
  private long end;
  private long flushNanos;
  private volatile long remaining;
  private volatile Current current;
  private volatile LogPosition durableEnd;

  /// @param parts what the log is made of
  /// @param start where it ends; the spare segment is being made
  SegmentWriter(Parts parts, LogStart start, SpareSegment spare) throws IOException {
    this.folder = parts.folder();
    this.node = parts.node();
    this.clock = parts.clock();
    this.disk = parts.disk();
    this.tails = parts.tails();
    this.spare = spare;
    this.segment = start.segment();
    this.end = start.end();
    this.size = start.size();
    this.index = start.index();
    this.file = disk.open(path(segment));
    this.remaining = size - end;
    this.current = new Current(segment, index);
    this.durableEnd = new LogPosition(segment, end);
  }

  private record Current(long segment, SegmentIndex index) {}

  /// What a log is made of.
  record Parts(Path folder, NodeName node, Clock clock, LogDisk disk, LogTails tails) {}

  private Path path(long number) {
    return folder.resolve(SegmentHeader.fileName(number));
  }

  /// The one that is written.
  long segment() {
    return current.segment();
  }

  long groupCount() {
    return groups;
  }

  long recordCount() {
    return records;
  }

  long byteCount() {
    return bytes;
  }

  /// How long the disk took for the last group; for whoever has written it.
  long flushNanos() {
    return flushNanos;
  }

  /// Bytes left in the segment.
  long remaining() {
    return remaining;
  }

  /// Appends records and completes each: those that have no room fail, and the log goes on.
  ///
  /// @throws IOException if the disk refuses a write; nothing may be written after that
  void write(List<Append> group) throws IOException {
    for (Append append : group) {
      Throwable before = append.failureBefore();
      if (before != null) {
        append.fail(before);
      } else if (hasPlace(append)) {
        append.placeAt(end + buffer.position());
        buffer.put(append.bytes());
        buffered.add(append);
      }
    }
    flush();
  }

  // False: it was failed.
  private boolean hasPlace(Append append) throws IOException {
    if (buffer.position() > 0 && buffer.position() + append.length() > buffer.capacity()) {
      flush();
    }
    int needed = append.length() + RecordFormat.HEADER_BYTES;
    if (end + buffer.position() + needed > size) {
      flush();
      if (end + needed > size) {
        try {
          roll();
        } catch (LogFullException e) {
          append.fail(e);
          return false;
        }
      }
    }
    if (buffer.position() == 0) {
      buffer.put(RecordFormat.encode(mark(), Packing.PLAIN));
    }
    return true;
  }

  private LogRecord mark() {
    RecordKey key = new RecordKey(RecordKey.NO_DATABASE, 0, groups + 1, 0);
    long now = clock.instant().getEpochSecond() << Integer.SIZE;
    return new LogRecord(Kind.SYNCED, key, now, Pages.none(0, 0), WalPosition.NONE, ChainHash.NONE);
  }

  private void flush() throws IOException {
    if (buffer.position() == 0) {
      return;
    }
    int length = buffer.position();
    long start = System.nanoTime();
    file.write(buffer.flip(), end);
    file.force();
    flushNanos = System.nanoTime() - start;
    buffer.clear();
    end += length;
    remaining = size - end;
    durableEnd = new LogPosition(segment, end);
    count(buffered.size(), length);
    for (Append append : buffered) {
      index.add(append.kind(), append.key(), append.offset());
      tails.add(append.kind(), append.key(), new LogPosition(segment, append.offset()));
      append.succeed(segment);
    }
    buffered.clear();
  }

  // One thread writes the counters.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void count(int recordsOfGroup, int bytesOfGroup) {
    groups++;
    records += recordsOfGroup;
    bytes += bytesOfGroup;
  }

  // All of the full segment is durable by now. Its successor's header says where it ended, so that
  // nothing can be missing at its end unseen.
  private void roll() throws IOException {
    Path next = spare.take();
    long number = segment + 1;
    LogFile opened = disk.open(next);
    opened.write(new SegmentHeader(number, end, node, now()).encode(), 0);
    opened.force();
    seal();
    file = opened;
    segment = number;
    size = Files.size(next);
    end = SegmentHeader.BYTES;
    remaining = size - end;
    index = new SegmentIndex();
    current = new Current(segment, index);
    spare.make(number + 1);
  }

  private void seal() throws IOException {
    file.truncate(end);
    file.close();
    try {
      index.save(path(segment), end);
    } catch (IOException e) {
      LOG.warn("The index of a segment is not kept; the next start reads the segment", e);
    }
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  LogPosition durableEnd() {
    return durableEnd;
  }

  /// Reads what is durable now.
  LogReader reader() {
    Current now = current;
    return new LogReader(folder, now.segment(), now.index(), indexes);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
