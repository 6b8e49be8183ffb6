package dev.burgage.node.pool;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Chooses which databases are closed when somebody needs a place.
final class LongestIdle {
  private LongestIdle() {}

  // When it was used last moves on while others are compared; sorting needs one answer.
  private record Seen(OpenDatabase database, long lastUsedNanos) {}

  /// Those that nobody uses and nobody has used for the longest time, in that order. Others may use
  /// them meanwhile.
  ///
  /// @param most at least 0
  static List<OpenDatabase> of(Collection<OpenDatabase> databases, int most) {
    List<Seen> idle = new ArrayList<>();
    for (OpenDatabase database : databases) {
      if (database.isIdle()) {
        idle.add(new Seen(database, database.lastUsedNanos()));
      }
    }
    long now = System.nanoTime();
    idle.sort(Comparator.comparingLong(seen -> seen.lastUsedNanos() - now));
    return idle.stream().limit(most).map(Seen::database).toList();
  }
}
