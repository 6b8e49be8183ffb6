package dev.burgage.control.rollout;

import dev.burgage.control.migration.Migrations;
import dev.burgage.control.rollout.TargetPlan.Scope;
import dev.burgage.control.rollout.Targets.Lot;
import dev.burgage.migrations.rollout.Breach;
import dev.burgage.migrations.rollout.NextStep;
import dev.burgage.migrations.rollout.RolloutState;
import dev.burgage.migrations.rollout.Step;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The steps of a rollout that order nothing: each is one transaction that holds the rollout's row,
/// looks once more whether it is the next one, and writes down what it did.
@Component
class RolloutSteps {
  private static final Logger LOG = LoggerFactory.getLogger(RolloutSteps.class);
  private static final Duration PROVISIONING_WAIT = Duration.ofSeconds(1);

  private final RolloutRows rows;
  private final Targets targets;
  private final TargetPlan plan;
  private final TargetPages pages;
  private final RolloutEvents events;
  private final Context context;

  RolloutSteps(
      RolloutRows rows,
      Targets targets,
      TargetPlan plan,
      TargetPages pages,
      RolloutEvents events,
      Context context) {
    this.rows = rows;
    this.targets = targets;
    this.plan = plan;
    this.pages = pages;
    this.events = events;
    this.context = context;
  }

  /// What it needs besides.
  @Component
  record Context(
      Migrations migrations,
      TargetChanges changes,
      TransactionTemplate transaction,
      RolloutRunning running) {}

  /// Forgets targets whose tenant is deleted.
  void dropGone(Lot lot) {
    context
        .transaction()
        .executeWithoutResult(status -> {
          if (targets.dropGone(lot) > 0) {
            rows.recount(lot.rollout());
          }
        });
  }

  /// Does what is next, unless it is an order.
  void carryOut(UUID id) {
    context.transaction().executeWithoutResult(status -> rows.lock(id).ifPresent(this::carryOut));
  }

  private void carryOut(RolloutRow row) {
    Instant now = context.running().now();
    switch (NextStep.of(row.status(), now)) {
      case Step.OpenWave(int wave, boolean isLast) -> open(row, wave, isLast, now);
      case Step.EndWave(int wave) -> {
        rows.endWave(row.id(), wave, now);
        say(row, "waveEnded", Map.of("wave", wave), now);
      }
      case Step.Halt(Breach breach) -> {
        String why = breach.sentence(pages.mostBy(row.id(), breach.wave()).orElse(null));
        rows.move(row.id(), RolloutState.HALTED, why, now);
        say(row, "halted", Map.of("wave", breach.wave(), "why", why), now);
      }
      case Step.LookForLate() -> look(row, now);
      case Step.EndUndo() -> endUndo(row, now);
      case Step.Rest(),
          Step.Work _,
          Step.WaitUntil _,
          Step.AwaitApproval _,
          Step.Trickle(),
          Step.Undo(),
          Step.EndAbort() -> {}
    }
  }

  private void open(RolloutRow row, int wave, boolean isLast, Instant now) {
    if (isLast && row.movesPool()) {
      movePool(row, now);
    }
    rows.openWave(row.id(), wave, now);
    say(row, "waveOpened", Map.of("wave", wave), now);
    if (isLast && plan.addLate(row.id(), scope(row), row.lastWave(), now) > 0) {
      rows.recount(row.id());
    }
  }

  // From here on new tenants are made at the version; those that are being made at the one before
  // are made anew (see the DESIGN.md of package provisioning).
  private void movePool(RolloutRow row, Instant now) {
    @Nullable String before = context.migrations().poolVersion(row.pool());
    if (before == null || MigrationSetReader.compareVersions(before, row.version()) < 0) {
      context.migrations().move(row.pool(), row.version());
      rows.poolMoved(row.id(), true, before);
      say(row, "poolMoved", Map.of("to", row.version()), now);
    }
  }

  /// The rollout ends when no tenant is behind, be it one that was not there at the start.
  private void look(RolloutRow row, Instant now) {
    Scope scope = scope(row);
    // Asked first: a tenant that becomes active in between is then seen by the second look.
    boolean beingMade = plan.isBehindBeingMade(scope);
    int late = plan.addLate(row.id(), scope, row.lastWave(), now);
    if (late > 0) {
      rows.recount(row.id());
      say(row, "lateTargets", Map.of("tenants", late), now);
    } else if (beingMade) {
      rows.notBefore(row.id(), now.plus(PROVISIONING_WAIT));
    } else {
      end(row, RolloutState.FINISHED, Map.of(), now);
    }
  }

  private void end(RolloutRow row, RolloutState state, Map<String, ?> detail, Instant now) {
    rows.move(row.id(), state, null, now);
    say(row, state.toString(), detail, now);
  }

  private void endUndo(RolloutRow row, Instant now) {
    if (context.changes().undoRest(row.id(), now) > 0) {
      rows.recount(row.id());
      return; // there is more to undo
    }
    if (row.openWave() == row.lastWave()) {
      plan.addAhead(row, now);
      rows.recount(row.id());
    }
    end(row, RolloutState.UNDONE, Map.of(), now);
  }

  /// Ends an abort, once nodes have been told.
  ///
  /// @param untold nodes that did not answer
  void endAbort(UUID id, List<NodeName> untold) {
    context
        .transaction()
        .executeWithoutResult(status ->
            rows.lock(id)
                .filter(row -> row.state() == RolloutState.ABORTING)
                .ifPresent(row ->
                    end(
                        row,
                        RolloutState.ABORTED,
                        untold.isEmpty() ? Map.of() : Map.of("nodesNotTold", untold),
                        context.running().now())));
  }

  private Scope scope(RolloutRow row) {
    List<String> reached = context.migrations().from(row.pool(), row.version());
    return new Scope(row.pool(), reached, row.options().selection(), row.options().namedCanary());
  }

  private void say(RolloutRow row, String type, Map<String, ?> detail, Instant now) {
    events.add(row.id(), RolloutEvents.BURGAGE, type, detail, now);
    LOG.info(
        "Rollout {} of pool {} to version {}: {} {}",
        row.id(),
        row.pool(),
        row.version(),
        type,
        detail);
  }
}
