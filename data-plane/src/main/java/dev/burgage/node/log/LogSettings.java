package dev.burgage.node.log;

/// Sizes of a node's log.
///
/// @param segmentBytes of one file
/// @param queuedBytesMax records that wait to be written; who appends more waits for room
/// @param reserveBytes of the log that new writes leave to what is under way already
/// @param diskReserveBytes of the file system that new segments leave to the databases
/// @param packing of images in new records
public record LogSettings(
    long segmentBytes,
    long queuedBytesMax,
    long reserveBytes,
    long diskReserveBytes,
    Packing packing) {
  private static final long MIB = 1024 * 1024;
  private static final long SEGMENT_BYTES_MIN = 2L * RecordFormat.RECORD_BYTES_MAX;
  private static final long SEGMENT_BYTES_MAX = 1024 * MIB;

  /// A log that holds some thousand commits a second.
  public static final LogSettings DEFAULT =
      new LogSettings(64 * MIB, 32 * MIB, 16 * MIB, 256 * MIB, Packing.ZERO_RUNS);

  public LogSettings {
    if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes > SEGMENT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "segmentBytes must be from %d to %d; got %d"
              .formatted(SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX, segmentBytes));
    }
    if (reserveBytes < 0 || reserveBytes > segmentBytes) {
      throw new IllegalArgumentException(
          "reserveBytes must be from 0 to segmentBytes (%d); got %d"
              .formatted(segmentBytes, reserveBytes));
    }
    if (queuedBytesMax < RecordFormat.RECORD_BYTES_MAX || diskReserveBytes < 0) {
      throw new IllegalArgumentException(
          "queuedBytesMax must be at least %d and diskReserveBytes at least 0; got %d and %d"
              .formatted(RecordFormat.RECORD_BYTES_MAX, queuedBytesMax, diskReserveBytes));
    }
  }
}
