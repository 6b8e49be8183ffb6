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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/// Chooses the node for a new database: of two random live nodes the one with fewer databases. Two
/// choices spread nearly as well as asking all, and no crowd runs after the one emptiest node.
/// Counts are a few seconds old, plus what was placed here meanwhile: they take longer the more
/// tenants there are, so nobody who wants a place waits for them but the first. Thread-safe.
@Component
public class Placement {
  private static final Duration COUNTS_AGE_MAX = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

  private final NodeRegistry registry;
  private final NodeRepository rows;
  private final Clock clock;
  private final AtomicBoolean counting = new AtomicBoolean();
  private volatile @Nullable Counted counted;

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
    if (live.size() == 1) {
      return live.getFirst().name();
    }
    Map<String, Long> known = lately();
    var random = ThreadLocalRandom.current();
    Node one = live.get(random.nextInt(live.size()));
    Node other = live.get(random.nextInt(live.size()));
    Node chosen = count(known, one) <= count(known, other) ? one : other;
    known.merge(chosen.name().value(), 1L, Long::sum);
    return chosen.name();
  }

  /// How many databases each node has, or had up to 5 s ago.
  Map<String, Long> counts() {
    Counted known = counted;
    return known == null || isOld(known) ? count() : known.counts();
  }

  private Map<String, Long> lately() {
    Counted known = counted;
    if (known == null) {
      return count();
    }
    if (isOld(known) && counting.compareAndSet(false, true)) {
      Thread.ofVirtual().name("placement-counts").start(this::recount);
    }
    return known.counts();
  }

  private void recount() {
    try {
      count();
    } catch (DataAccessException | TransactionException e) {
      LOG.debug("Databases are not counted now; the last counts are used", e);
    } finally {
      counting.set(false);
    }
  }

  private Map<String, Long> count() {
    long now = clock.millis();
    var fresh = new ConcurrentHashMap<String, Long>();
    rows.loads().forEach(load -> fresh.put(load.getName(), load.getDatabases()));
    counted = new Counted(fresh, now);
    return fresh;
  }

  private boolean isOld(Counted known) {
    return clock.millis() - known.atMillis() >= COUNTS_AGE_MAX.toMillis();
  }

  private static long count(Map<String, Long> counts, Node node) {
    return counts.getOrDefault(node.name().value(), 0L);
  }

  private record Counted(Map<String, Long> counts, long atMillis) {}
}
