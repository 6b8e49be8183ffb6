package dev.burgage.control.rollout;

import dev.burgage.control.migration.Migrations;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.rollout.TargetOutcomes.TargetOutcome;
import dev.burgage.control.rollout.TargetOutcomes.TargetUndone;
import dev.burgage.control.rollout.Targets.DueTarget;
import dev.burgage.control.rollout.Targets.Lot;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.Undo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// One order to a node and the record of its answer. Nothing needs to be exact between the two: a
/// node that is asked again answers as it did, by the mark in the history.
@Component
class RolloutOrders {
  private static final Logger LOG = LoggerFactory.getLogger(RolloutOrders.class);

  private final Targets targets;
  private final TargetOutcomes outcomes;
  private final RolloutRows rows;
  private final NodeClient nodes;
  private final Migrations migrations;
  private final TransactionTemplate transaction;
  private final RolloutRunning running;

  RolloutOrders(
      Targets targets,
      TargetOutcomes outcomes,
      RolloutRows rows,
      NodeClient nodes,
      RolloutRun.Context context) {
    this.targets = targets;
    this.outcomes = outcomes;
    this.rows = rows;
    this.nodes = nodes;
    this.migrations = context.migrations();
    this.transaction = context.transaction();
    this.running = context.running();
  }

  /// What one slice works with.
  ///
  /// @param marked whether the scripts are marked as applied
  record Work(RolloutRow rollout, List<MigrationScript> scripts, AtomicBoolean marked) {}

  /// @return whether the node answered
  boolean migrate(Work work, Lot lot, NodeName node, List<DueTarget> batch) {
    Instant now = running.now();
    List<TargetOutcome> known;
    try {
      var answer = nodes.applyMigrations(node, order(work, lot, batch)).outcomes();
      known =
          matched(node, batch, answer, o -> o.database(), RolloutOrders::outcome).stream()
              .filter(target -> !isLate(target.outcome()))
              .toList();
    } catch (RuntimeException e) {
      if (e instanceof BurgageException refused && refused.code() == ErrorCode.FENCED) {
        // Another control plane takes the rollout back: this one stood still for a while.
        LOG.warn("Rollout {}: node {} refused a late order", lot.rollout(), node, e);
      } else {
        postpone(work, lot, node, e, now);
      }
      return false;
    }
    transaction.executeWithoutResult(status -> {
      outcomes.record(lot.rollout(), lot.pool(), lot.state(), known, running.now());
      // What is dormant may be migrated by its next use.
      if (known.stream().anyMatch(target -> target.outcome().result() != Result.FAILED)) {
        markApplied(work);
      }
    });
    running.count(known);
    return true;
  }

  private static TargetOutcome outcome(DueTarget due, ApplyOutcome outcome) {
    return new TargetOutcome(due.tenant(), due.seenVersion(), outcome);
  }

  // Taken back while the order was under way: the target is as it was, and that is recorded.
  private static boolean isLate(ApplyOutcome outcome) {
    return outcome.failure() != null && outcome.failure().kind() == Kind.FENCED;
  }

  private static ApplyMigrations order(Work work, Lot lot, List<DueTarget> batch) {
    RolloutOptions options = work.rollout().options();
    Duration dormantAfter = lot.state() == TargetState.DORMANT ? null : options.dormantAfter();
    return new ApplyMigrations(
        lot.rollout(),
        work.rollout().events(),
        batch.stream().map(DueTarget::target).toList(),
        work.scripts(),
        options.invariants(),
        dormantAfter == null ? null : dormantAfter.toMillis());
  }

  /// @return whether the node answered
  boolean undo(RolloutRow rollout, Lot lot, NodeName node, List<DueTarget> batch) {
    Instant now = running.now();
    List<TargetUndone> known;
    try {
      var order =
          new Undo(
              rollout.id(),
              rollout.events(),
              rollout.version(),
              batch.stream().map(DueTarget::target).toList());
      var answer = nodes.undo(node, order).outcomes();
      known =
          matched(
              node,
              batch,
              answer,
              o -> o.database(),
              (due, o) -> new TargetUndone(due.tenant(), o));
    } catch (RuntimeException e) {
      LOG.warn("Rollout {}: node {} did not undo a batch: {}", lot.rollout(), node, e.getMessage());
      postpone(lot, node, "node \"%s\" did not undo it: %s".formatted(node, e.getMessage()), now);
      return false;
    }
    outcomes.recordUndone(lot.rollout(), lot.pool(), known, running.now());
    return true;
  }

  /// Has a node refuse what was ordered before now and comes late.
  ///
  /// @return whether the node answered
  boolean fence(RolloutRow rollout, NodeName node) {
    try {
      nodes.fence(node, new Undo(rollout.id(), rollout.events(), rollout.version(), List.of()));
      return true;
    } catch (RuntimeException e) {
      LOG.warn(
          "Rollout {}: node {} was not told of its end: {}", rollout.id(), node, e.getMessage());
      return false;
    }
  }

  private static <O, T> List<T> matched(
      NodeName node,
      List<DueTarget> batch,
      List<O> answer,
      Function<O, DatabaseId> database,
      BiFunction<DueTarget, O, T> target) {
    Map<DatabaseId, O> byDatabase = new HashMap<>();
    answer.forEach(outcome -> byDatabase.put(database.apply(outcome), outcome));
    List<T> matched = new ArrayList<>();
    for (DueTarget due : batch) {
      O outcome = byDatabase.get(due.target().database());
      if (outcome == null) {
        throw new IllegalStateException(
            "node \"%s\" said nothing about database %s".formatted(node, due.target().database()));
      }
      matched.add(target.apply(due, outcome));
    }
    return matched;
  }

  private void postpone(Work work, Lot lot, NodeName node, RuntimeException e, Instant now) {
    LOG.warn("Rollout {}: node {} did not apply a batch: {}", lot.rollout(), node, e.getMessage());
    String error = "node \"%s\" did not apply it: %s".formatted(node, e.getMessage());
    transaction.executeWithoutResult(status -> {
      // It may have applied the migrations, and only its answer was lost.
      if (postpone(lot, node, error, now) > 0) {
        markApplied(work);
      }
    });
  }

  private long postpone(Lot lot, NodeName node, String error, Instant now) {
    Long failed =
        transaction.execute(status -> {
          long count = targets.postpone(lot, node, error, now);
          if (count > 0) {
            rows.recount(lot.rollout());
          }
          return count;
        });
    return failed == null ? 0 : failed;
  }

  // A mark that is rolled back with its transaction is made again in the next slice at the latest.
  private void markApplied(Work work) {
    if (work.marked().compareAndSet(false, true)) {
      migrations.markApplied(work.rollout().pool(), work.scripts());
    }
  }
}
