package dev.burgage.control.rollout;

import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import dev.burgage.control.migration.Migrations;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.rollout.RehearsalRows.Due;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.Rehearse;
import dev.burgage.protocol.node.Rehearsed.OnCopy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Works on rehearsals. May be run twice for the same one: a copy that was tried twice is tried on
/// two copies, and the first answer stays.
@Component
class RehearsalRun {
  static final TaskDescriptor<Void> TASK = TaskDescriptor.of("rehearsal");
  private static final Logger LOG = LoggerFactory.getLogger(RehearsalRun.class);
  private static final int BATCH = 10;
  private static final int ATTEMPTS_MAX = 5;
  private static final Duration NODE_WAIT = Duration.ofSeconds(2);

  private final RehearsalRows rows;
  private final RolloutRows rollouts;
  private final RolloutEvents events;
  private final Migrations migrations;
  private final NodeClient nodes;
  private final Rehearsals.Context context;

  RehearsalRun(
      RehearsalRows rows,
      RolloutRows rollouts,
      RolloutEvents events,
      Migrations migrations,
      NodeClient nodes,
      Rehearsals.Context context) {
    this.rows = rows;
    this.rollouts = rollouts;
    this.events = events;
    this.migrations = migrations;
    this.nodes = nodes;
    this.context = context;
  }

  /// One order to one node.
  ///
  /// @return when to go on, or empty if it has finished
  Optional<Instant> step(UUID id) {
    Optional<RolloutRow> rollout = rows.rolloutOf(id).flatMap(rollouts::find);
    if (rollout.isEmpty()) {
      return Optional.empty();
    }
    List<Due> due = rows.due(id, rollout.get().pool(), BATCH);
    if (due.isEmpty()) {
      finish(id, rollout.get());
      return Optional.empty();
    }
    NodeName node = due.getFirst().node();
    List<Due> batch = due.stream().filter(each -> each.node().equals(node)).toList();
    return Optional.of(order(id, rollout.get(), node, batch));
  }

  private Instant order(UUID id, RolloutRow rollout, NodeName node, List<Due> batch) {
    List<MigrationScript> scripts = migrations.upTo(rollout.pool(), rollout.version());
    var order =
        new Rehearse(
            batch.stream().map(Due::target).toList(), scripts, rollout.options().invariants());
    try {
      for (OnCopy copy : nodes.rehearse(node, order).copies()) {
        batch.stream()
            .filter(due -> due.target().database().equals(copy.outcome().database()))
            .forEach(due -> rows.record(id, due.tenant(), copy));
      }
      return context.running().now();
    } catch (RuntimeException e) {
      LOG.warn("Rehearsal {}: node {} did not answer: {}", id, node, e.getMessage());
      String error = "node \"%s\" did not rehearse it: %s".formatted(node, e.getMessage());
      rows.postpone(id, batch.stream().map(Due::tenant).toList(), error, ATTEMPTS_MAX);
      return context.running().now().plus(NODE_WAIT);
    }
  }

  private void finish(UUID id, RolloutRow rollout) {
    TransactionTemplate transaction = context.transaction();
    transaction.executeWithoutResult(status -> {
      Instant now = context.running().now();
      rows.finish(id, now);
      events.add(rollout.id(), RolloutEvents.BURGAGE, "rehearsed", Map.of("rehearsal", id), now);
    });
  }
}
