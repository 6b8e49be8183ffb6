package dev.burgage.node.binding;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Finds the binding that serves a tenant: in the table, else by asking the control plane, once for
/// all who wait and not again for a second. Thread-safe.
public final class Bindings {
  private static final Duration ABSENCE_REMEMBERED = Duration.ofSeconds(1);
  private static final int ABSENCES_MAX = 10_000;

  private final BindingTable table;
  private final BindingLookup lookup;
  private final Duration revisionWaitMax;
  private final Cache<Key, Boolean> absent =
      Caffeine.newBuilder()
          .maximumSize(ABSENCES_MAX)
          .expireAfterWrite(ABSENCE_REMEMBERED)
          .executor(Runnable::run)
          .build();
  private final ConcurrentMap<Key, CompletableFuture<Optional<Binding>>> asked =
      new ConcurrentHashMap<>();

  private record Key(PoolName pool, TenantId tenant) {}

  /// @param revisionWaitMax how long a request waits at most for a revision
  public Bindings(BindingTable table, BindingLookup lookup, Duration revisionWaitMax) {
    this.table = table;
    this.lookup = lookup;
    this.revisionWaitMax = revisionWaitMax;
  }

  /// The binding of a tenant whose statements may run.
  ///
  /// @param seen a revision that the caller knows of: the answer is at least as new
  /// @throws BurgageException if there is no such tenant, it is suspended or deleted, or the
  ///   revision did not come in time
  public Binding active(PoolName pool, TenantId tenant, @Nullable Revision seen) {
    if (seen != null) {
      awaitRevision(seen);
    }
    Binding binding = table.find(pool, tenant);
    if (binding == null) {
      binding = askOnce(new Key(pool, tenant));
    }
    return switch (binding.state()) {
      case BindingState.ACTIVE -> binding;
      case BindingState.SUSPENDED ->
          throw new BurgageException(
              ErrorCode.TENANT_SUSPENDED,
              "Tenant %s is suspended; resume it to use its database.".formatted(tenant));
      case BindingState.DELETED ->
          throw new BurgageException(
              ErrorCode.TENANT_DELETED,
              "Tenant %s is deleted; it can be undeleted until it is purged.".formatted(tenant));
    };
  }

  /// @throws BurgageException `revision_not_reached` if it did not come in time
  public void awaitRevision(Revision seen) {
    try {
      if (table.await(seen, revisionWaitMax)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new BurgageException(
        ErrorCode.REVISION_NOT_REACHED,
        "This node has not seen revision %s yet; ask again, or check its connection to the control plane."
            .formatted(seen));
  }

  private Binding askOnce(Key key) {
    if (absent.getIfPresent(key) == null) {
      Optional<Binding> found = ask(key);
      if (found.isPresent()) {
        table.apply(new FeedMessage.Changed(found.get()));
        return found.get();
      }
      absent.put(key, Boolean.TRUE);
    }
    throw new BurgageException(
        ErrorCode.UNKNOWN_TENANT,
        "There is no tenant %s in pool %s.".formatted(key.tenant(), key.pool()));
  }

  private Optional<Binding> ask(Key key) {
    CompletableFuture<Optional<Binding>> own = new CompletableFuture<>();
    CompletableFuture<Optional<Binding>> first = asked.putIfAbsent(key, own);
    if (first != null) {
      return joined(first);
    }
    try {
      own.complete(Optional.ofNullable(lookup.ask(key.pool(), key.tenant())));
    } catch (RuntimeException e) {
      own.completeExceptionally(e);
    } finally {
      asked.remove(key, own);
    }
    return joined(own);
  }

  private static Optional<Binding> joined(CompletableFuture<Optional<Binding>> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
