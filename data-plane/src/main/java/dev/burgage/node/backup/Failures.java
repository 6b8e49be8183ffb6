package dev.burgage.node.backup;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.node.Backup;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Databases whose newest scheduled backup failed, and when each is tried again: after a minute,
/// then twice as long each time, at most an hour. Thread-safe.
final class Failures {
  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final int DOUBLED_MAX = 6;

  private final Map<DatabaseId, Backup.Failure> failures = new ConcurrentHashMap<>();

  void add(DatabaseId database, Instant at, String message) {
    failures.merge(
        database,
        new Backup.Failure(at, 1, message),
        (before, now) -> new Backup.Failure(now.at(), before.attempts() + 1, now.message()));
  }

  void clear(DatabaseId database) {
    failures.remove(database);
  }

  void keepOnly(Predicate<DatabaseId> known) {
    failures.keySet().removeIf(database -> !known.test(database));
  }

  Backup.@Nullable Failure find(DatabaseId database) {
    return failures.get(database);
  }

  boolean mustWait(DatabaseId database, Instant now) {
    Backup.Failure failure = failures.get(database);
    if (failure == null) {
      return false;
    }
    int doubled = Math.min(DOUBLED_MAX, failure.attempts() - 1);
    return now.isBefore(failure.at().plus(FIRST.multipliedBy(1L << doubled)));
  }

  int size() {
    return failures.size();
  }
}
