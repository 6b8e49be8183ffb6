package dev.burgage.control.cloudflare.database;

import dev.burgage.protocol.PoolName;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Remembers, for a few seconds, after which name the rows at an offset begin: whoever read a page
/// will read the next one, and then it is found by the key instead of by counting. Older wranglers
/// read all databases ten at a time to find one, so without it a lookup among 100,000 would count
/// 500 million rows. Thread-safe.
@Component
class PageStarts {
  private static final int REMEMBERED_MAX = 10_000;
  private static final Duration AGE_MAX = Duration.ofSeconds(10);

  private final Clock clock;
  private final Map<Offset, Start> starts =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Offset, Start> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  PageStarts(Clock clock) {
    this.clock = clock;
  }

  private record Offset(PoolName pool, int rows) {}

  private record Start(String after, long knownAtMillis) {}

  synchronized Optional<String> find(PoolName pool, int rows) {
    return Optional.ofNullable(starts.get(new Offset(pool, rows)))
        .filter(start -> clock.millis() - start.knownAtMillis() < AGE_MAX.toMillis())
        .map(Start::after);
  }

  synchronized void remember(PoolName pool, int rows, String after) {
    Offset offset = new Offset(pool, rows);
    starts.remove(offset); // so that it becomes the youngest
    starts.put(offset, new Start(after, clock.millis()));
  }
}
