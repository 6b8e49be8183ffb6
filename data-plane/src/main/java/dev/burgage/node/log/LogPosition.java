package dev.burgage.node.log;

import java.util.Comparator;

/// A place in the node's log.
///
/// @param segment number of the file
/// @param offset of the first byte
public record LogPosition(long segment, long offset) implements Comparable<LogPosition> {
  private static final Comparator<LogPosition> ORDER =
      Comparator.comparingLong(LogPosition::segment).thenComparingLong(LogPosition::offset);

  @Override
  public int compareTo(LogPosition other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "%s, offset %d".formatted(SegmentHeader.fileName(segment), offset);
  }
}
