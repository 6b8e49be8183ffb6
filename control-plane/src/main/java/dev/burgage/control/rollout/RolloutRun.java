package dev.burgage.control.rollout;

import dev.burgage.control.migration.Migrations;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.rollout.Targets.DueTarget;
import dev.burgage.control.rollout.Targets.TargetOutcome;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Works on rollouts, a slice at a time. Thread-safe, and safe to be run twice for the same
/// rollout: see DESIGN.md.
@Component
class RolloutRun {
  private static final Logger LOG = LoggerFactory.getLogger(RolloutRun.class);
  private static final Duration PROVISIONING_WAIT = Duration.ofSeconds(1);

  private final RolloutRepository rows;
  private final Targets targets;
  private final Migrations migrations;
  private final NodeClient nodes;
  private final TransactionTemplate transaction;
  private final RolloutRunning running;

  RolloutRun(
      RolloutRepository rows,
      Targets targets,
      Migrations migrations,
      NodeClient nodes,
      TransactionTemplate transaction,
      RolloutRunning running) {
    this.rows = rows;
    this.targets = targets;
    this.migrations = migrations;
    this.nodes = nodes;
    this.transaction = transaction;
    this.running = running;
  }

  /// Brings the rollout forward until nothing is due or the slice's time is over.
  ///
  /// @param stopping whether this control plane is being stopped
  /// @return when to go on, or empty if the rollout has finished
  Optional<Instant> slice(UUID id, BooleanSupplier stopping) throws InterruptedException {
    Optional<RolloutRow> row =
        rows.findById(id).filter(rollout -> rollout.state() != RolloutState.FINISHED);
    if (row.isEmpty()) {
      return Optional.empty();
    }
    Slice slice = begin(row.get(), stopping);
    Optional<Instant> next = step(slice);
    while (next.isPresent()
        && !next.get().isAfter(running.now())
        && !slice.isOver().getAsBoolean()) {
      next = step(slice);
    }
    return next;
  }

  private Optional<Instant> step(Slice slice) throws InterruptedException {
    targets.dropGone(slice.id(), slice.pool());
    List<NodeName> due = targets.dueNodes(slice.id(), slice.pool(), running.now());
    if (due.isEmpty()) {
      return targets.nextDue(slice.id()).or(() -> end(slice));
    }
    workAll(slice, due);
    return Optional.of(running.now());
  }

  private Slice begin(RolloutRow row, BooleanSupplier stopping) {
    Instant now = running.now();
    transaction.executeWithoutResult(status -> {
      if (rows.start(row.getId(), now) == 1) {
        LOG.info(
            "Rollout {} of pool {} to version {} begins", row.getId(), row.pool(), row.version());
      }
    });
    Instant until = now.plus(running.settings().slice());
    return new Slice(
        row.getId(),
        row.pool(),
        migrations.upTo(row.pool(), row.version()),
        () -> stopping.getAsBoolean() || !running.now().isBefore(until),
        new AtomicBoolean());
  }

  /// The rollout ends when no tenant is behind, be it one that was not there at the start.
  private Optional<Instant> end(Slice slice) {
    List<String> reached = migrations.from(slice.pool(), slice.version());
    return transaction.execute(status -> {
      Instant now = running.now();
      // Asked first: a tenant that becomes active in between is then seen by the second look.
      boolean beingMade = targets.isBehindBeingMade(slice.pool(), reached);
      if (targets.addLate(slice.id(), slice.pool(), reached, now) > 0) {
        return Optional.of(now);
      }
      if (beingMade) {
        return Optional.of(now.plus(PROVISIONING_WAIT));
      }
      if (rows.finish(slice.id(), now) == 1) {
        LOG.info(
            "Rollout {} of pool {} to version {} has finished",
            slice.id(),
            slice.pool(),
            slice.version());
      }
      return Optional.<Instant>empty();
    });
  }

  private void workAll(Slice slice, List<NodeName> due) throws InterruptedException {
    var turns = new Semaphore(running.settings().nodesAtOnce());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> works = new ArrayList<>();
      for (NodeName node : due) {
        works.add(threads.submit(() -> workInTurn(slice, node, turns)));
      }
      try {
        for (Future<?> work : works) {
          work.get();
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("a rollout's outcomes could not be recorded", e.getCause());
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private boolean workInTurn(Slice slice, NodeName node, Semaphore turns)
      throws InterruptedException {
    turns.acquire();
    try {
      work(slice, node);
      return true;
    } finally {
      turns.release();
    }
  }

  private void work(Slice slice, NodeName node) {
    while (!slice.isOver().getAsBoolean()) {
      Instant now = running.now();
      List<DueTarget> batch = targets.due(slice.id(), slice.pool(), node, now);
      if (batch.isEmpty()) {
        return;
      }
      List<TargetOutcome> outcomes;
      try {
        outcomes = order(slice, node, batch);
      } catch (RuntimeException e) {
        postpone(slice, node, e, now);
        return;
      }
      record(slice, outcomes);
    }
  }

  private List<TargetOutcome> order(Slice slice, NodeName node, List<DueTarget> batch) {
    var order =
        new ApplyMigrations(
            slice.id(),
            batch.stream().map(DueTarget::target).toList(),
            slice.scripts(),
            List.of(),
            /* copies= */ null,
            /* dormantAfterMillis= */ null);
    ApplyOutcomes answer = nodes.applyMigrations(node, order);
    Map<DatabaseId, ApplyOutcome> byDatabase = new HashMap<>();
    answer.outcomes().forEach(outcome -> byDatabase.put(outcome.database(), outcome));
    List<TargetOutcome> outcomes = new ArrayList<>();
    for (DueTarget due : batch) {
      ApplyOutcome outcome = byDatabase.get(due.target().database());
      if (outcome == null) {
        throw new IllegalStateException(
            "node \"%s\" said nothing about database %s".formatted(node, due.target().database()));
      }
      outcomes.add(new TargetOutcome(due.tenant(), due.seenVersion(), outcome));
    }
    return outcomes;
  }

  private void record(Slice slice, List<TargetOutcome> outcomes) {
    transaction.executeWithoutResult(status -> {
      targets.record(slice.id(), slice.pool(), outcomes, running.now());
      if (outcomes.stream().anyMatch(target -> target.outcome().result() != Result.FAILED)) {
        markApplied(slice);
      }
    });
    running.count(outcomes);
  }

  private void postpone(Slice slice, NodeName node, RuntimeException e, Instant now) {
    LOG.warn("Rollout {}: node {} did not apply a batch: {}", slice.id(), node, e.getMessage());
    String error = "node \"%s\" did not apply it: %s".formatted(node, e.getMessage());
    transaction.executeWithoutResult(status -> {
      // It may have applied the migrations, and only its answer was lost.
      if (targets.postpone(slice.id(), slice.pool(), node, error, now) > 0) {
        markApplied(slice);
      }
    });
  }

  // A mark that is rolled back with its transaction is made again in the next slice at the latest.
  private void markApplied(Slice slice) {
    if (slice.isMarked().compareAndSet(false, true)) {
      migrations.markApplied(slice.pool(), slice.scripts());
    }
  }

  /// What one slice works with.
  private record Slice(
      UUID id,
      PoolName pool,
      List<MigrationScript> scripts,
      BooleanSupplier isOver,
      AtomicBoolean isMarked) {
    String version() {
      return scripts.getLast().version();
    }
  }
}
