package dev.burgage.node.engine;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// The time of a database's newest commit. No two commits of a database have the same one.
/// Thread-safe.
final class CommitClock {
  private final DatabaseIdentity identity;
  private final AtomicLong newest = new AtomicLong(now());

  CommitClock(DatabaseIdentity identity) {
    this.identity = identity;
  }

  void advance() {
    newest.updateAndGet(last -> Math.max(last + 1, now()));
  }

  Bookmark bookmark() {
    return new Bookmark(identity, newest.get());
  }

  // As Bookmark has it.
  private static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() << Integer.SIZE
        | ((long) now.getNano() << Integer.SIZE) / 1_000_000_000L;
  }
}
