package dev.burgage.node.migrate;

import dev.burgage.migrations.apply.Outcome;
import dev.burgage.node.dormant.Dormant;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.EngineSettings;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.files.Templates;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies migrations to databases of this node, and makes templates of them. Thread-safe.
public final class Migrator {
  private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);

  private final Storage storage;
  private final Alone alone;
  private final Closed closed;
  private final ExecutorService workers;
  private final Clock clock;

  /// What migrations change, and what they leave behind.
  public record Storage(
      OpenDatabases databases,
      DatabaseFiles files,
      Templates templates,
      Dormant dormant,
      TakenBack takenBack) {}

  /// @param engine opens databases that are closed
  /// @param workers runs one target each; as many at once as the disk takes side by side
  public Migrator(Storage storage, EngineSettings engine, ExecutorService workers, Clock clock) {
    this.storage = storage;
    this.alone = new Alone(storage.databases(), storage.files(), engine);
    this.closed = new Closed(storage.databases(), storage.files());
    this.workers = workers;
    this.clock = clock;
  }

  /// Brings every target to the last script, or leaves it dormant; blocks until all have ended.
  ///
  /// @throws IOException if the order's stamps have no room; some targets may be stamped
  /// @throws BurgageException `fenced` if the rollout was taken back since: nothing is changed
  public ApplyOutcomes apply(ApplyMigrations order) throws IOException {
    storage.takenBack().check(order.rollout(), order.number());
    Application application = new Application(order, storage.takenBack());
    Set<DatabaseIdentity> asleep = letSleep(order);
    List<DatabaseIdentity> settled = new ArrayList<>();
    List<CompletableFuture<ApplyOutcome>> running = new ArrayList<>(order.targets().size());
    for (Target target : order.targets()) {
      DatabaseIdentity identity = Closed.identity(target);
      if (asleep.contains(identity)) {
        running.add(CompletableFuture.completedFuture(dormant(target)));
      } else {
        settled.add(identity);
        running.add(CompletableFuture.supplyAsync(() -> apply(application, target), workers));
      }
    }
    List<ApplyOutcome> outcomes = running.stream().map(CompletableFuture::join).toList();
    storage.dormant().clear(settled);
    return new ApplyOutcomes(outcomes);
  }

  /// @return the targets that have a stamp now
  private Set<DatabaseIdentity> letSleep(ApplyMigrations order) throws IOException {
    Long afterMillis = order.dormantAfterMillis();
    if (afterMillis == null) {
      return Set.of();
    }
    long usedBefore = clock.millis() - afterMillis;
    List<DatabaseIdentity> idle =
        order.targets().stream()
            .map(Closed::identity)
            .filter(identity -> isIdle(identity, usedBefore))
            .toList();
    storage.dormant().stamp(order, idle);
    Set<DatabaseIdentity> asleep = new HashSet<>(idle);
    // Whoever opened one before its stamp was there has not seen it; whoever does so now, does.
    asleep.removeIf(storage.databases()::isOpen);
    return asleep;
  }

  private boolean isIdle(DatabaseIdentity identity, long usedBefore) {
    long used = storage.files().lastUsedMillis(identity.database(), identity.generation());
    return used != 0
        && used < usedBefore
        && Dormant.canStamp(identity)
        && !storage.databases().isOpen(identity);
  }

  private static ApplyOutcome dormant(Target target) {
    return new ApplyOutcome(target.database(), Result.DORMANT, null, null, null, null, 0);
  }

  private ApplyOutcome apply(Application application, Target target) {
    long start = System.nanoTime();
    try {
      Outcome outcome =
          alone.with(target, application::to).orElseGet(() -> closed.with(target, application::to));
      return Application.outcome(target.database(), outcome, start);
    } catch (RuntimeException e) {
      LOG.warn("Database {} could not be migrated", target.database(), e);
      return Application.failed(target.database(), e, start);
    }
  }

  /// Builds a template unless the node has it; blocks.
  public void addTemplate(String id, Template template) {
    try {
      CompletableFuture.runAsync(() -> storage.templates().add(id, template), workers).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
