package dev.burgage.node.log;

import dev.burgage.protocol.DatabaseId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Where the durable records of each database end: some 100 bytes for each. Thread-safe.
final class LogTails {
  private final Map<DatabaseId, LogTail> tails = new ConcurrentHashMap<>();

  void add(Kind kind, RecordKey key, LogPosition position) {
    if (kind == Kind.PART || kind == Kind.SYNCED) {
      return;
    }
    tails.merge(
        key.database(),
        new LogTail(position, replayFrom(kind, key), position.segment()),
        (before, now) ->
            now.replayFrom() == 0
                ? new LogTail(now.last(), before.replayFrom(), before.replaySegment())
                : now);
  }

  private static long replayFrom(Kind kind, RecordKey key) {
    return switch (kind) {
      case BASE, BASE_FILE -> key.transaction();
      case CHECKPOINT -> key.transaction() + 1;
      case SYNCED, PART, COMMIT, ATTACHED, DELETED -> 0;
    };
  }

  void add(long segment, SegmentIndex index) {
    index.tellTails(segment, tails);
  }

  @Nullable LogTail find(DatabaseId database) {
    return tails.get(database);
  }

  void remove(DatabaseId database) {
    tails.remove(database);
  }

  int size() {
    return tails.size();
  }
}
