package dev.burgage.node.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;

/// What a power cut leaves of the log's last group, when nobody had waited for it: some sectors. If
/// somebody had, what was being written behind it: the beginning of a record.
public final class TornTail {
  private static final int SECTOR_BYTES = 512;

  private final FileChannel channel;
  private final Random random;

  private TornTail(FileChannel channel, Random random) {
    this.channel = channel;
    this.random = random;
  }

  /// Whether a record was on the disk for sure.
  @FunctionalInterface
  public interface Known {
    boolean isDurable(RecordKey key, LogPosition position);
  }

  /// Cuts the log in a folder that no process has.
  ///
  /// @return what was done, for people
  public static String cut(Path folder, Known known, Random random) throws IOException {
    List<Path> segments = LogStart.segments(folder);
    for (Path segment : segments.reversed()) {
      try (SegmentReader reader = SegmentReader.open(segment)) {
        if (reader.header() != null) {
          return cut(segment, lastGroup(reader, SegmentHeader.numberOf(segment), known), random);
        }
      }
    }
    throw new IOException("there is no log in " + folder);
  }

  private record LastGroup(long start, long last, long end, boolean isDurable) {}

  private static LastGroup lastGroup(SegmentReader reader, long segment, Known known)
      throws IOException {
    long start = SegmentHeader.BYTES;
    long last = SegmentHeader.BYTES;
    long at = SegmentHeader.BYTES;
    boolean isDurable = true;
    try {
      for (byte[] bytes = reader.read(at); bytes != null; bytes = reader.read(at)) {
        LogRecord record = RecordFormat.decode(bytes);
        if (record.kind() == Kind.SYNCED) {
          start = at;
          isDurable = false;
        } else if (known.isDurable(record.key(), new LogPosition(segment, at))) {
          isDurable = true;
        }
        last = at;
        at += bytes.length;
      }
    } catch (DamagedRecordException e) {
      // A killed process was writing here.
    }
    return new LastGroup(start, last, at, isDurable);
  }

  private static String cut(Path segment, LastGroup group, Random random) throws IOException {
    try (FileChannel channel =
        FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      TornTail tail = new TornTail(channel, random);
      if (!group.isDurable()) {
        tail.lose(group.start(), group.end());
        return "lost sectors of the last group";
      }
      if (group.last() == group.end()) {
        return "nothing to lose";
      }
      tail.begin(group.last(), group.end());
      return "a record that was begun";
    }
  }

  private void lose(long from, long to) throws IOException {
    for (long at = from; at < to; at = (at / SECTOR_BYTES + 1) * SECTOR_BYTES) {
      if (random.nextBoolean()) {
        long next = Math.min(to, (at / SECTOR_BYTES + 1) * SECTOR_BYTES);
        channel.write(ByteBuffer.allocate((int) (next - at)), at);
      }
    }
  }

  // As the last record, but for one byte: so it is no record.
  private void begin(long last, long end) throws IOException {
    int length = (int) Math.min(end - last, channel.size() - end);
    if (length < RecordFormat.HEADER_BYTES) {
      return;
    }
    ByteBuffer begun = ByteBuffer.allocate(8 + random.nextInt(length - 8));
    channel.read(begun, last);
    begun.flip();
    int wrong = random.nextInt(begun.limit());
    begun.put(wrong, (byte) (begun.get(wrong) ^ (1 + random.nextInt(255))));
    channel.write(begun, end);
  }
}
