package dev.burgage.node.ship;

import java.time.Instant;

/// Times as records have them: seconds since 1970 in the upper half, 2^-32 seconds in the lower.
final class Times {
  private static final long NANOS = 1_000_000_000L;
  private static final long LOW = 0xffff_ffffL;

  private Times() {}

  /// The last time of records that is not after an instant.
  static long of(Instant instant) {
    long fraction = ((long) instant.getNano() << Integer.SIZE) / NANOS;
    return (instant.getEpochSecond() << Integer.SIZE) | fraction;
  }

  static Instant instant(long time) {
    return Instant.ofEpochSecond(second(time), ((time & LOW) * NANOS) >>> Integer.SIZE);
  }

  static long second(long time) {
    return time >>> Integer.SIZE;
  }
}
