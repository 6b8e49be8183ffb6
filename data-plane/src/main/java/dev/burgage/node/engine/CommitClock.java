package dev.burgage.node.engine;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// The time of a database's newest commit, as a bookmark in D1's shape (8-8-8-32 hexadecimal
/// digits): generation, seconds, fraction of the second, database id. Bookmarks of one database
/// sort by time and no two commits have the same one. Thread-safe.
final class CommitClock {
  private final DatabaseIdentity identity;
  private final AtomicLong newest = new AtomicLong(now());

  CommitClock(DatabaseIdentity identity) {
    this.identity = identity;
  }

  void advance() {
    newest.updateAndGet(last -> Math.max(last + 1, now()));
  }

  String bookmark() {
    long time = newest.get();
    return "%08x-%08x-%08x-%s"
        .formatted(
            identity.generation(),
            time >>> Integer.SIZE,
            time & 0xffff_ffffL,
            identity.database().toString().replace("-", ""));
  }

  // Seconds since 1970 in the upper half (until 2106), 2^-32 seconds in the lower.
  private static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() << Integer.SIZE
        | ((long) now.getNano() << Integer.SIZE) / 1_000_000_000L;
  }
}
