package dev.burgage.node.history;

import java.time.Duration;

/// Bounds of the files of past states that a node keeps for a while.
///
/// @param bytesMax of all of them, as far as nobody uses them
/// @param kept after their last use
/// @param diskReserveBytes that stay free on the disk
public record PastSettings(long bytesMax, Duration kept, long diskReserveBytes) {
  public static final PastSettings DEFAULT =
      new PastSettings(4L << 30, Duration.ofMinutes(10), 256L << 20);
}
