package dev.burgage.node.binding;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.NodeAddress;
import dev.burgage.protocol.binding.SqlLimits;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The newest binding of every tenant of the cell, and the revision up to which it is complete. Any
/// thread may look; one at a time applies messages.
public final class BindingTable {
  private final ConcurrentMap<PoolName, ConcurrentMap<TenantId, Binding>> pools =
      new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private @Nullable Set<Key> snapshot;
  private volatile Revision revision = Revision.NONE;
  private volatile boolean filled;
  private volatile FeedMessage.Nodes nodes = new FeedMessage.Nodes(List.of());
  private volatile FeedMessage.Tokens grants = new FeedMessage.Tokens(List.of(), null);
  private volatile FeedMessage.Pools limits = new FeedMessage.Pools(List.of());
  private Map<PoolName, SqlLimits> limited = Map.of();
  private volatile Map<NodeName, URI> addresses = Map.of();
  private volatile TokenCheck tokens = new TokenCheck(List.of());

  private record Key(PoolName pool, TenantId tenant) {}

  /// The tenant's binding, in whatever state, or null if the table has none.
  public @Nullable Binding find(PoolName pool, TenantId tenant) {
    ConcurrentMap<TenantId, Binding> tenants = pools.get(pool);
    return tenants == null ? null : tenants.get(tenant);
  }

  /// The binding of a database, or null if the table has none; looks at all of them.
  public @Nullable Binding find(DatabaseId database) {
    for (Map<TenantId, Binding> tenants : pools.values()) {
      for (Binding binding : tenants.values()) {
        if (binding.database().equals(database)) {
          return binding;
        }
      }
    }
    return null;
  }

  /// Gives every binding as it is when it comes to its turn.
  public void forEach(Consumer<Binding> taker) {
    for (Map<TenantId, Binding> tenants : pools.values()) {
      tenants.values().forEach(taker);
    }
  }

  /// Where a node answers, or null if there is no such node.
  public @Nullable URI node(NodeName name) {
    return addresses.get(name);
  }

  public TokenCheck tokens() {
    return tokens;
  }

  /// The edition of the list of tokens that the node knows, or null if the list has none.
  public @Nullable Long tokensEdition() {
    return grants.edition();
  }

  /// Everything up to this revision is in the table.
  public Revision revision() {
    return revision;
  }

  /// Whether the table has been complete at least once; of a new cell it is, and empty.
  public boolean isFilled() {
    return filled;
  }

  public int size() {
    int size = 0;
    for (Map<TenantId, Binding> tenants : pools.values()) {
      size += tenants.size();
    }
    return size;
  }

  /// Takes in one message of the feed. Messages may come twice; a binding older than the one that
  /// the table has is passed over.
  public void apply(FeedMessage message) {
    lock.lock();
    try {
      switch (message) {
        case FeedMessage.SnapshotStart() -> snapshot = new HashSet<>();
        case FeedMessage.Changed(Binding binding) -> put(binding);
        case FeedMessage.Removed(PoolName pool, TenantId tenant, long version) ->
            remove(pool, tenant, version);
        case FeedMessage.Position(Revision reached) -> advance(reached);
        case FeedMessage.Nodes all -> {
          nodes = all;
          addresses = byName(all.nodes());
        }
        case FeedMessage.Tokens all -> {
          grants = all;
          tokens = new TokenCheck(all.tokens());
        }
        case FeedMessage.Pools all -> limit(all);
      }
    } finally {
      lock.unlock();
    }
  }

  private void limit(FeedMessage.Pools all) {
    Map<PoolName, SqlLimits> now = new HashMap<>();
    all.pools().forEach(pool -> now.put(pool.pool(), pool.limits()));
    limits = all;
    limited = now;
    pools.forEach((pool, tenants) -> {
      SqlLimits limits = limitsOf(pool);
      tenants.replaceAll((_, old) -> old.sqlLimits().equals(limits) ? old : old.with(limits));
    });
  }

  private SqlLimits limitsOf(PoolName pool) {
    return limited.getOrDefault(pool, SqlLimits.DEFAULT);
  }

  private void put(Binding sent) {
    Binding binding = sent.with(limitsOf(sent.pool()));
    Map<TenantId, Binding> tenants =
        pools.computeIfAbsent(binding.pool(), _ -> new ConcurrentHashMap<>());
    Set<Key> listed = snapshot;
    if (listed != null) {
      // A snapshot replaces everything, whatever the versions: the metadata may have been restored
      // from a backup.
      listed.add(new Key(binding.pool(), binding.tenant()));
      tenants.put(binding.tenant(), binding);
      return;
    }
    tenants.merge(
        binding.tenant(), binding, (old, now) -> now.version() >= old.version() ? now : old);
  }

  private void remove(PoolName pool, TenantId tenant, long version) {
    Map<TenantId, Binding> tenants = pools.get(pool);
    if (tenants != null) {
      tenants.computeIfPresent(tenant, (_, old) -> old.version() <= version ? null : old);
    }
  }

  private void advance(Revision reached) {
    Set<Key> complete = snapshot;
    snapshot = null;
    if (complete != null) {
      pools.forEach((pool, tenants) ->
          tenants.keySet().removeIf(tenant -> !complete.contains(new Key(pool, tenant))));
    }
    // After a snapshot of a metadata store that was restored from a backup, this may go back.
    if (complete != null || reached.compareTo(revision) > 0) {
      revision = reached;
    }
    filled = true;
    advanced.signalAll();
  }

  /// The table as a stream that would make it: for the thread that applies messages.
  public void forEachMessage(Consumer<FeedMessage> taker) {
    taker.accept(nodes);
    taker.accept(grants);
    taker.accept(limits);
    taker.accept(new FeedMessage.SnapshotStart());
    for (Map<TenantId, Binding> tenants : pools.values()) {
      for (Binding binding : tenants.values()) {
        taker.accept(new FeedMessage.Changed(binding));
      }
    }
    taker.accept(new FeedMessage.Position(revision));
  }

  private static Map<NodeName, URI> byName(List<NodeAddress> addresses) {
    Map<NodeName, URI> nodes = new HashMap<>();
    for (NodeAddress address : addresses) {
      nodes.put(address.name(), address.url());
    }
    return Map.copyOf(nodes);
  }

  /// Waits until the table is complete up to a revision.
  ///
  /// @return false if that took longer than the wait
  public boolean await(Revision wanted, Duration wait) throws InterruptedException {
    if (revision.compareTo(wanted) >= 0) {
      return true;
    }
    long nanos = wait.toNanos();
    lock.lock();
    try {
      while (revision.compareTo(wanted) < 0) {
        if (nanos <= 0) {
          return false;
        }
        nanos = advanced.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
