package dev.burgage.node.ship;

import java.time.Duration;

/// How a node's log is kept in object storage.
///
/// @param sliceAge how long a commit may wait for others that go with it
/// @param sliceBytesMax of the log in one slice
/// @param objectBytesMax of one object that is made of others; as much memory is needed
/// @param everyCommit how long each commit can be restored
/// @param window how long one commit a minute can be restored
/// @param backlogBytesMax of the log that may wait for the store before writes are to be refused
public record ShipSettings(
    Duration sliceAge,
    int sliceBytesMax,
    int objectBytesMax,
    Duration everyCommit,
    Duration window,
    long backlogBytesMax) {
  private static final int MIB = 1024 * 1024;

  /// Every commit for two days, one a minute for thirty.
  public static final ShipSettings DEFAULT =
      new ShipSettings(
          Duration.ofSeconds(1),
          8 * MIB,
          16 * MIB,
          Duration.ofDays(2),
          Duration.ofDays(30),
          4096L * MIB);

  public ShipSettings {
    if (!sliceAge.isPositive() || sliceAge.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException(
          "sliceAge must be more than 0 and at most PT10M; got " + sliceAge);
    }
    if (sliceBytesMax < 1 || objectBytesMax < 1 || sliceBytesMax > 64 * MIB) {
      throw new IllegalArgumentException(
          "sliceBytesMax must be from 1 to %d and objectBytesMax at least 1; got %d and %d"
              .formatted(64 * MIB, sliceBytesMax, objectBytesMax));
    }
    if (everyCommit.isNegative() || window.compareTo(everyCommit) < 0) {
      throw new IllegalArgumentException(
          "window must be at least everyCommit and that at least 0; got %s and %s"
              .formatted(window, everyCommit));
    }
    if (backlogBytesMax < 1) {
      throw new IllegalArgumentException(
          "backlogBytesMax must be at least 1; got " + backlogBytesMax);
    }
  }
}
