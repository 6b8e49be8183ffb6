package dev.burgage.node.migrate;

import dev.burgage.migrations.apply.MigrationApplier;
import dev.burgage.migrations.apply.Outcome;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.files.Templates;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Failure;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies migrations to databases of this node, and makes templates of them. Thread-safe.
public final class Migrator {
  private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);

  private final OpenDatabases databases;
  private final Templates templates;
  private final ExecutorService workers;

  /// @param workers runs one target each; as many at once as the disk takes side by side
  public Migrator(OpenDatabases databases, Templates templates, ExecutorService workers) {
    this.databases = databases;
    this.templates = templates;
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

  /// Builds a template unless the node has it; blocks.
  public void addTemplate(String id, Template template) {
    try {
      CompletableFuture.runAsync(() -> templates.add(id, template), workers).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
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
    DatabaseId database = target.database();
    String from = outcome.fromVersion();
    String to = outcome.toVersion();
    return switch (outcome) {
      case Outcome.Applied applied ->
          new ApplyOutcome(database, Result.APPLIED, from, to, applied.fingerprint(), null, millis);
      case Outcome.UpToDate same ->
          new ApplyOutcome(database, Result.UP_TO_DATE, from, to, same.fingerprint(), null, millis);
      case Outcome.Failed failed ->
          new ApplyOutcome(database, Result.FAILED, from, to, null, failed.failure(), millis);
    };
  }

  private static ApplyOutcome failed(Target target, String error, long millis) {
    Failure failure = new Failure(Kind.DATABASE, error, error);
    return new ApplyOutcome(target.database(), Result.FAILED, null, null, null, failure, millis);
  }

  private static long millisSince(long startNanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }
}
