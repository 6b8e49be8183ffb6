package dev.burgage.node.migrate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.burgage.node.dormant.Dormant;
import dev.burgage.node.dormant.OutcomeTeller;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.pool.Residence;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Migrates a dormant database when a tenant's first request is there, once for all who wait.
/// Writes down when databases are used. Thread-safe.
public final class WakeUp implements Residence {
  private static final Logger LOG = LoggerFactory.getLogger(WakeUp.class);
  private static final CompletableFuture<Boolean> AWAKE = CompletableFuture.completedFuture(true);
  private static final int REMEMBERED_SETS_MAX = 16;

  private final Storage storage;
  private final OutcomeTeller teller;
  private final Executor workers;
  private final Clock clock;
  private final ConcurrentMap<DatabaseIdentity, CompletableFuture<Boolean>> waking =
      new ConcurrentHashMap<>();
  private final Cache<UUID, Application> sets =
      Caffeine.newBuilder().maximumSize(REMEMBERED_SETS_MAX).executor(Runnable::run).build();
  private @Nullable OpenDatabases databases;

  /// What is written down.
  public record Storage(DatabaseFiles files, Dormant dormant, TakenBack takenBack) {}

  /// @param workers runs one migration each; tenants wait for them
  public WakeUp(Storage storage, OutcomeTeller teller, Executor workers, Clock clock) {
    this.storage = storage;
    this.teller = teller;
    this.workers = workers;
    this.clock = clock;
  }

  /// To be called once, before any database is open.
  public void of(OpenDatabases databases) {
    this.databases = databases;
  }

  @Override
  public CompletableFuture<?> begins(DatabaseIdentity identity, Limits limits) {
    used(identity, clock.millis());
    if (storage.dormant().isEmpty()) {
      return AWAKE;
    }
    CompletableFuture<Boolean> begun =
        waking.compute(identity, (_, under) -> under == null ? begin(identity, limits) : under);
    return begun == null ? AWAKE : begun;
  }

  @Override
  public void ended(DatabaseIdentity identity, Duration unused) {
    used(identity, clock.millis() - unused.toMillis());
  }

  private void used(DatabaseIdentity identity, long millis) {
    if (!storage.files().setLastUsed(identity.database(), identity.generation(), millis)) {
      LOG.debug("Database {} has no file", identity.database());
    }
  }

  /// Waits until nobody wakes the database any more.
  void awaitSettled(DatabaseIdentity identity) {
    CompletableFuture<Boolean> under = waking.get(identity);
    if (under != null) {
      var _ = under.handle((_, _) -> true).join();
    }
  }

  private @Nullable CompletableFuture<Boolean> begin(DatabaseIdentity identity, Limits limits) {
    UUID rollout = storage.dormant().claim(identity);
    if (rollout == null) {
      return null;
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    try {
      workers.execute(() -> wake(rollout, identity, limits, done));
      return done;
    } catch (RejectedExecutionException e) {
      storage.dormant().letSleep(rollout, identity);
      return CompletableFuture.failedFuture(e);
    }
  }

  private void wake(
      UUID rollout, DatabaseIdentity identity, Limits limits, CompletableFuture<Boolean> done) {
    Application set = setOrNull(rollout);
    if (set == null) {
      storage.dormant().letSleep(rollout, identity);
      settle(identity, () -> done.complete(true));
      return;
    }
    ApplyOutcome outcome;
    try {
      if (set.isLate()) {
        // The control plane never heard of the stamp, so it was not among those to be forgotten.
        storage.dormant().clear(List.of(identity));
        settle(identity, () -> done.complete(true));
        return;
      }
      outcome = migrate(set, identity, limits);
      storage.dormant().awake(rollout, identity);
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("Database {} was not woken; its next request tries again", identity.database(), e);
      storage.dormant().letSleep(rollout, identity);
      settle(identity, () -> done.completeExceptionally(e));
      return;
    }
    if (outcome.result() == Result.FAILED) {
      LOG.warn("Dormant database {} stays at its version: {}", identity.database(), outcome);
    }
    settle(identity, () -> done.complete(true));
    keep(rollout, identity, outcome);
  }

  private void settle(DatabaseIdentity identity, Runnable answer) {
    waking.remove(identity);
    answer.run();
  }

  // An order that cannot be read is no reason not to serve the tenant as before.
  private @Nullable Application setOrNull(UUID rollout) {
    try {
      return set(rollout);
    } catch (UncheckedIOException e) {
      LOG.warn("Dormant databases are served as they are; each next opening tries again", e);
      return null;
    }
  }

  private Application set(UUID rollout) {
    return sets.get(
        rollout,
        id -> {
          try {
            return new Application(storage.dormant().order(id), storage.takenBack());
          } catch (IOException e) {
            throw new UncheckedIOException("the order of rollout " + id + " cannot be read", e);
          }
        });
  }

  private ApplyOutcome migrate(Application set, DatabaseIdentity identity, Limits limits) {
    OpenDatabases open = databases;
    if (open == null) {
      throw new IllegalStateException("WakeUp.of must be called first");
    }
    long start = System.nanoTime();
    try (OpenDatabases.Borrowed borrowed = open.borrowAsItIs(identity, limits)) {
      return Application.outcome(identity.database(), set.to(borrowed.database()), start);
    }
  }

  // After the tenant's answer: what is lost by a crash before is found again, because the stamp is
  // still there.
  private void keep(UUID rollout, DatabaseIdentity identity, ApplyOutcome outcome) {
    try {
      storage.dormant().woken(rollout, identity, outcome);
      teller.wake();
    } catch (IOException e) {
      LOG.error(
          "What became of dormant database {} is told only when it is opened after a start: {}",
          identity.database(),
          outcome,
          e);
    }
  }
}
