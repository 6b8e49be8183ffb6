package dev.burgage.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// CPU time that the whole machine has used, from `/proc/stat`. It tells how much of a
/// measurement's time went to processes that have no part in it.
public final class MachineCpu {
  private static final double MICROS_PER_TICK = 10_000;
  private static final int IDLE = 3;
  private static final int IO_WAIT = 4;
  private static final int GUEST = 8;

  private MachineCpu() {}

  /// Microseconds that all processors were busy, added up.
  public static double busyMicros() {
    try {
      return parseBusyTicks(Files.readString(Path.of("/proc/stat"))) * MICROS_PER_TICK;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Guest time is in user time already.
  static long parseBusyTicks(String stat) {
    String first = stat.lines().findFirst().orElse("");
    long[] ticks = Stream.of(first.split("\\s+", -1)).skip(1).mapToLong(Long::parseLong).toArray();
    long busy = 0;
    for (int i = 0; i < Math.min(GUEST, ticks.length); i++) {
      busy += i == IDLE || i == IO_WAIT ? 0 : ticks[i];
    }
    return busy;
  }
}
