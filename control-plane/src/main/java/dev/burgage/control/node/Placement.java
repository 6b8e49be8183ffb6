package dev.burgage.control.node;

import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/// Chooses the node for a new database: of two random live nodes the one with fewer databases. Two
/// choices spread nearly as well as asking all, and no crowd runs after the one emptiest node.
/// Counts are at most 5 s old, plus what was placed here meanwhile. Thread-safe.
@Component
public class Placement {
  private static final Duration COUNTS_AGE_MAX = Duration.ofSeconds(5);

  private final NodeRegistry registry;
  private final NodeRepository rows;
  private final Clock clock;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
  private Map<String, Long> counts = new ConcurrentHashMap<>();
  private long countedAtMillis;

  Placement(NodeRegistry registry, NodeRepository rows, Clock clock) {
    this.registry = registry;
    this.rows = rows;
    this.clock = clock;
  }

  /// @param except nodes that have just failed
  /// @throws BurgageException `node_unavailable` if no other node is live
  public NodeName choose(Set<NodeName> except) {
    List<Node> live =
        registry.list().stream()
            .filter(node -> node.isLive() && !except.contains(node.name()))
            .toList();
    if (live.isEmpty()) {
      throw new BurgageException(
          ErrorCode.NODE_UNAVAILABLE,
          except.isEmpty()
              ? "no node is live, so there is no place for a database; start one (POST /v1/nodes"
                  + " gives it a token) and repeat the request"
              : "no live node answers (tried: %s); repeat the request".formatted(except));
    }
    Map<String, Long> known = counts();
    synchronized (this) {
      Node one = live.get(random.nextInt(live.size()));
      Node other = live.get(random.nextInt(live.size()));
      Node chosen = count(known, one) <= count(known, other) ? one : other;
      known.merge(chosen.name().value(), 1L, Long::sum);
      return chosen.name();
    }
  }

  /// How many databases each node has.
  synchronized Map<String, Long> counts() {
    long now = clock.millis();
    if (now - countedAtMillis >= COUNTS_AGE_MAX.toMillis()) {
      var fresh = new ConcurrentHashMap<String, Long>();
      rows.loads().forEach(load -> fresh.put(load.getName(), load.getDatabases()));
      counts = fresh;
      countedAtMillis = now;
    }
    return counts;
  }

  private static long count(Map<String, Long> counts, Node node) {
    return counts.getOrDefault(node.name().value(), 0L);
  }
}
