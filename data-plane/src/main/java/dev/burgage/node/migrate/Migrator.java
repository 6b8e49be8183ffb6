package dev.burgage.node.migrate;

import dev.burgage.migrations.apply.MigrationApplier;
import dev.burgage.migrations.apply.Outcome;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies migrations to databases of this node. Thread-safe.
public final class Migrator {
  private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);

  private final OpenDatabases databases;
  private final ExecutorService workers;

  /// @param workers runs one target each; as many at once as the disk takes side by side
  public Migrator(OpenDatabases databases, ExecutorService workers) {
    this.databases = databases;
    this.workers = workers;
  }

  /// Brings every target to the last script; blocks until all have ended.
  public ApplyOutcomes apply(ApplyMigrations order) {
    MigrationApplier applier = new MigrationApplier(order.scripts());
    List<CompletableFuture<ApplyOutcome>> running = new ArrayList<>(order.targets().size());
    for (Target target : order.targets()) {
      running.add(CompletableFuture.supplyAsync(() -> apply(applier, target), workers));
    }
    return new ApplyOutcomes(running.stream().map(CompletableFuture::join).toList());
  }

  private ApplyOutcome apply(MigrationApplier applier, Target target) {
    long start = System.nanoTime();
    DatabaseIdentity identity = new DatabaseIdentity(target.database(), target.generation());
    boolean wasOpen = databases.isOpen(identity);
    try {
      Outcome outcome;
      try (OpenDatabases.Borrowed borrowed = databases.borrow(identity, target.limits())) {
        outcome = borrowed.database().exclusively(applier::apply);
      }
      if (!wasOpen) {
        databases.closeNow(identity, Duration.ZERO);
      }
      return outcome(target, outcome, millisSince(start));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(target, "the node is stopping", millisSince(start));
    } catch (RuntimeException e) {
      LOG.warn("Database {} could not be migrated", target.database(), e);
      return failed(target, String.valueOf(e.getMessage()), millisSince(start));
    }
  }

  private static ApplyOutcome outcome(Target target, Outcome outcome, long millis) {
    Result result =
        switch (outcome) {
          case Outcome.Applied _ -> Result.APPLIED;
          case Outcome.UpToDate _ -> Result.UP_TO_DATE;
          case Outcome.Failed _ -> Result.FAILED;
        };
    String error = outcome instanceof Outcome.Failed failed ? failed.error() : null;
    return new ApplyOutcome(
        target.database(), result, outcome.fromVersion(), outcome.toVersion(), error, millis);
  }

  private static ApplyOutcome failed(Target target, String error, long millis) {
    return new ApplyOutcome(target.database(), Result.FAILED, null, null, error, millis);
  }

  private static long millisSince(long startNanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }
}
