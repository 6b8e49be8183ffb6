package dev.burgage.node.backup;

import dev.burgage.node.files.Durable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Keeps long work of ours behind tenants' requests: while any come, it rests as long as it works,
/// and what it writes goes to the disk in small pieces, as it does of tenants (see
/// engine/DESIGN.md, 5). For one thread at a time.
final class Pace {
  private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);
  private static final long REST_MILLIS_MAX = 20;
  private static final long UNSYNCED_BYTES_MAX = 256 * 1024;

  private final BooleanSupplier isQuiet;
  private final BooleanSupplier isClosing;
  private long sinceNanos = System.nanoTime();

  /// @param isQuiet whether no requests come
  /// @param isClosing whether the work is to end
  Pace(BooleanSupplier isQuiet, BooleanSupplier isClosing) {
    this.isQuiet = isQuiet;
    this.isClosing = isClosing;
  }

  /// @return whether to go on
  boolean keep() {
    long worked = System.nanoTime() - sinceNanos;
    if (worked >= WORK_NANOS) {
      if (!isQuiet.getAsBoolean()) {
        rest(Math.min(REST_MILLIS_MAX, TimeUnit.NANOSECONDS.toMillis(worked)));
      }
      sinceNanos = System.nanoTime();
    }
    return !isClosing.getAsBoolean();
  }

  private static void rest(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// As [#keep], of work that makes a file which nobody else has: closing it here drops locks that
  /// nobody needs.
  BooleanSupplier writing(Path file) {
    long[] synced = new long[1];
    return () -> {
      long before = sinceNanos;
      boolean goesOn = keep();
      if (before != sinceNanos) {
        long now = file.toFile().length();
        if (now - synced[0] >= UNSYNCED_BYTES_MAX) {
          sync(file);
          synced[0] = now;
        }
      }
      return goesOn;
    };
  }

  private static void sync(Path file) {
    try {
      Durable.syncFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
