package dev.burgage.node.migrate;

import dev.burgage.migrations.apply.MigrationApplier;
import dev.burgage.migrations.apply.Outcome;
import dev.burgage.node.dormant.Dormant;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.MarkApplied;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Marks migrations as applied in databases of this node, without running them. To rollouts of
/// before that is a write: what they would put back does not have what was made by hand.
/// Thread-safe.
public final class Marks {
  private static final Logger LOG = LoggerFactory.getLogger(Marks.class);

  private final Closed closed;
  private final Dormant dormant;
  private final TakenBack takenBack;
  private final ExecutorService workers;

  /// @param workers runs one target each
  public Marks(Migrator.Storage storage, ExecutorService workers) {
    this.closed = new Closed(storage.databases(), storage.files());
    this.dormant = storage.dormant();
    this.takenBack = storage.takenBack();
    this.workers = workers;
  }

  /// Blocks until all have ended. A dormant target is marked as it is, and sleeps no longer; one
  /// that fails keeps its stamp.
  ///
  /// @throws IOException if the end of stamps cannot be written down
  /// @throws BurgageException `fenced` if the rollout was taken back since: nothing is marked
  public ApplyOutcomes mark(MarkApplied order) throws IOException {
    takenBack.check(order.rollout(), order.number());
    MigrationApplier applier = new MigrationApplier(order.scripts());
    List<CompletableFuture<ApplyOutcome>> running = new ArrayList<>(order.targets().size());
    for (Target target : order.targets()) {
      running.add(CompletableFuture.supplyAsync(() -> mark(order, applier, target), workers));
    }
    List<DatabaseIdentity> settled = new ArrayList<>();
    List<ApplyOutcome> outcomes = new ArrayList<>(running.size());
    for (int i = 0; i < running.size(); i++) {
      ApplyOutcome outcome = running.get(i).join();
      outcomes.add(outcome);
      if (outcome.result() != Result.FAILED) {
        settled.add(Closed.identity(order.targets().get(i)));
      }
    }
    dormant.clear(settled);
    return new ApplyOutcomes(outcomes);
  }

  private ApplyOutcome mark(MarkApplied order, MigrationApplier applier, Target target) {
    long start = System.nanoTime();
    try {
      Outcome outcome =
          closed.with(
              target,
              database ->
                  database.exclusivelyLooking(connection -> {
                    takenBack.check(order.rollout(), order.number());
                    return applier.mark(connection, database::beforeCommit);
                  }));
      return Application.outcome(target.database(), outcome, start);
    } catch (RuntimeException e) {
      LOG.warn("Database {} could not be marked", target.database(), e);
      return Application.failed(target.database(), e, start);
    }
  }
}
