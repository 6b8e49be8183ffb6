package dev.burgage.control.rollout;

import dev.burgage.control.migration.Migrations;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.rollout.RolloutVerbs.Address;
import dev.burgage.migrations.rollout.Decision;
import dev.burgage.migrations.rollout.Verb;
import dev.burgage.migrations.rollout.Verbs;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.MarkApplied;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/// Marks targets as applied: first their nodes write it into the histories, for the next rollout
/// goes by those; then it is recorded here. It may be repeated.
@Component
class HistoryMarks {
  private final RolloutRows rows;
  private final Targets targets;
  private final RolloutVerbs verbs;
  private final Migrations migrations;
  private final NodeClient nodes;
  private final RolloutRunning running;

  HistoryMarks(
      RolloutRows rows,
      Targets targets,
      RolloutVerbs verbs,
      Migrations migrations,
      NodeClient nodes,
      RolloutRunning running) {
    this.rows = rows;
    this.targets = targets;
    this.verbs = verbs;
    this.migrations = migrations;
    this.nodes = nodes;
    this.running = running;
  }

  /// @throws BurgageException `conflict` if a node refuses, or the rollout's state does
  RolloutRow mark(Address address, List<String> tenants) {
    RolloutRow row =
        rows.find(address.pool(), address.rollout())
            .orElseThrow(() -> RolloutVerbs.unknown(address.pool(), address.rollout()));
    if (Verbs.decide(row.status(), new Verb.MarkApplied(), running.now())
        instanceof Decision.Becomes) {
      List<MigrationScript> scripts = migrations.upTo(row.pool(), row.version());
      migrations.markApplied(row.pool(), scripts);
      targets.unmarked(row, tenants).forEach((node, open) -> order(node, row, open, scripts));
    }
    return verbs.marked(address, tenants);
  }

  private void order(
      NodeName node,
      RolloutRow rollout,
      Map<DatabaseId, Targets.DueTarget> open,
      List<MigrationScript> scripts) {
    var order =
        new MarkApplied(
            rollout.id(),
            rollout.events(),
            open.values().stream().map(Targets.DueTarget::target).toList(),
            scripts);
    List<ApplyOutcome> outcomes = nodes.markApplied(node, order).outcomes();
    Set<DatabaseId> marked =
        outcomes.stream()
            .filter(outcome ->
                outcome.result() == Result.APPLIED || outcome.result() == Result.UP_TO_DATE)
            .map(ApplyOutcome::database)
            .collect(Collectors.toSet());
    open.forEach((database, target) -> {
      if (!marked.contains(database)) {
        throw new BurgageException(
            ErrorCode.CONFLICT,
            "the history of tenant \"%s\" could not be marked: %s"
                .formatted(target.tenant(), why(outcomes, database)));
      }
    });
  }

  private static String why(List<ApplyOutcome> outcomes, DatabaseId database) {
    for (ApplyOutcome outcome : outcomes) {
      if (outcome.database().equals(database) && outcome.failure() != null) {
        return outcome.failure().error();
      }
    }
    return "its node said nothing about it; repeat the request";
  }
}
