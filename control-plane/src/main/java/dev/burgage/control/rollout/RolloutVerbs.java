package dev.burgage.control.rollout;

import dev.burgage.control.migration.Migrations;
import dev.burgage.migrations.lint.Finding;
import dev.burgage.migrations.rollout.Decision;
import dev.burgage.migrations.rollout.Decision.Effect;
import dev.burgage.migrations.rollout.RolloutState;
import dev.burgage.migrations.rollout.Verb;
import dev.burgage.migrations.rollout.Verbs;
import dev.burgage.migrations.rollout.WaveStatus;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// What operators say to rollouts. Each verb is one transaction under the rollout's row: decided by
/// [Verbs], carried out, written down. One that has been done already changes nothing.
@Component
class RolloutVerbs {
  private final RolloutRows rows;
  private final TargetChanges targets;
  private final RolloutEvents events;
  private final Migrations migrations;
  private final RolloutQueue queue;
  private final Context context;

  RolloutVerbs(
      RolloutRows rows,
      TargetChanges targets,
      RolloutEvents events,
      Migrations migrations,
      RolloutQueue queue,
      Context context) {
    this.rows = rows;
    this.targets = targets;
    this.events = events;
    this.migrations = migrations;
    this.queue = queue;
    this.context = context;
  }

  /// What it needs besides.
  @Component
  record Context(TransactionTemplate transaction, RolloutRunning running) {}

  /// To whom something is said, and by whom.
  record Address(PoolName pool, UUID rollout, String actor) {}

  /// @param acceptWarnings whether it may start although lint warns
  /// @throws BurgageException `conflict` with what can be done instead
  RolloutRow start(Address address, String plan, boolean acceptWarnings) {
    return say(
        address,
        new Verb.Start(plan),
        "started",
        (row, now) -> {
          check(row, plan);
          boolean accepted = acceptWarnings || Boolean.TRUE.equals(row.options().acceptWarnings());
          PlanLint.refusal(row.pool(), row.findings(), accepted)
              .ifPresent(sentence -> {
                throw refused(row, sentence);
              });
          var undoFor = row.options().undoFor();
          rows.start(row.id(), undoFor == null ? null : now.plus(undoFor), now);
          int warnings = PlanLint.of(row.findings(), Finding.Level.WARNING).size();
          return warnings == 0
              ? Map.of("plan", plan)
              : Map.of("plan", plan, "acceptedWarnings", warnings);
        });
  }

  private void check(RolloutRow row, String plan) {
    migrations.hold(row.pool());
    rows.active(row.pool())
        .ifPresent(other -> {
          throw refused(
              row, "rollout %s of the pool has not finished; wait for it".formatted(other));
        });
    List<MigrationScript> scripts = migrations.upTo(row.pool(), row.version());
    if (!Rollouts.planId(row, scripts).equals(plan)) {
      throw refused(row, "a migration of its plan has changed since; plan another rollout");
    }
    if (rows.isOutrun(row)) {
      throw refused(row, "another rollout was started since it was planned; plan another rollout");
    }
  }

  RolloutRow pause(Address address) {
    return say(address, new Verb.Pause(), "paused", (row, now) -> Map.of());
  }

  RolloutRow resume(Address address) {
    return say(address, new Verb.Resume(), "resumed", (row, now) -> Map.of());
  }

  RolloutRow abort(Address address, boolean undo) {
    return say(
        address,
        new Verb.Abort(undo),
        undo ? "undoing" : "aborting",
        (row, now) -> {
          if (row.state() == RolloutState.PLANNED) {
            targets.deleteAll(row.id());
            rows.recount(row.id());
          }
          return Map.of();
        });
  }

  /// @param which all failed targets if nothing is said of them
  RolloutRow retry(Address address, TargetChanges.Failed which) {
    return say(
        address,
        new Verb.Retry(),
        "retried",
        (row, now) -> {
          int retried = targets.retry(row.id(), which, now);
          rows.recount(row.id());
          return retried == 0 ? null : detail(retried, which.cause(), which.tenants());
        });
  }

  RolloutRow exclude(Address address, List<String> tenants) {
    return say(
        address,
        new Verb.Exclude(),
        "excluded",
        (row, now) -> {
          int excluded = targets.exclude(row.id(), tenants);
          rows.recount(row.id());
          return excluded == 0 ? null : detail(excluded, null, tenants);
        });
  }

  RolloutRow approve(Address address, int wave) {
    return say(
        address,
        new Verb.Approve(wave),
        "approved",
        (row, now) -> {
          rows.approve(row.id(), wave, address.actor());
          return Map.of("wave", wave);
        });
  }

  /// Records that histories have been marked by the nodes.
  RolloutRow marked(Address address, List<String> tenants) {
    return say(
        address,
        new Verb.MarkApplied(),
        "markedApplied",
        (row, now) -> {
          int marked = targets.markApplied(row.id(), row.pool(), tenants, row.version(), now);
          rows.recount(row.id());
          return marked == 0 ? null : detail(marked, null, tenants);
        });
  }

  private static Map<String, Object> detail(
      int count, @Nullable String cause, @Nullable List<String> tenants) {
    Map<String, Object> detail = new HashMap<>();
    detail.put("targets", count);
    if (cause != null) {
      detail.put("cause", cause);
    }
    if (tenants != null) {
      detail.put("tenants", tenants);
    }
    return detail;
  }

  /// What a verb does beside moving the rollout.
  @FunctionalInterface
  private interface Deed {
    /// @return what the audit is to say; null if there was nothing to do, so that all stays
    @Nullable Map<String, ?> carryOut(RolloutRow row, Instant now);
  }

  private RolloutRow say(Address address, Verb verb, String event, Deed deed) {
    try {
      context.transaction().executeWithoutResult(status -> decide(address, verb, event, deed));
    } catch (DuplicateKeyException e) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "rollout %s cannot go on: another rollout of the pool was started at the same time; wait for it"
              .formatted(address.rollout()),
          e);
    }
    queue.hurry();
    return rows.find(address.rollout()).orElseThrow();
  }

  private void decide(Address address, Verb verb, String event, Deed deed) {
    RolloutRow row =
        rows.lock(address.rollout())
            .filter(found -> found.pool().equals(address.pool()))
            .orElseThrow(() -> unknown(address.pool(), address.rollout()));
    Instant now = context.running().now();
    switch (Verbs.decide(row.status(), verb, now)) {
      case Decision.Stays() -> {}
      case Decision.Refused(String sentence) -> throw refused(row, sentence);
      case Decision.Becomes(RolloutState to, Effect effect) -> {
        Map<String, ?> detail = deed.carryOut(row, now);
        if (detail != null) {
          Map<String, Object> told = new HashMap<>(detail);
          carryOut(row, effect, told, now);
          move(row, to, now);
          String type = to == RolloutState.ABORTED ? to.toString() : event;
          events.add(row.id(), address.actor(), type, told, now);
          queue.wake(row.id(), now);
        }
      }
    }
  }

  private void move(RolloutRow row, RolloutState to, Instant now) {
    if (row.state() != to && (row.state() != RolloutState.PLANNED || to == RolloutState.ABORTED)) {
      rows.move(row.id(), to, null, now);
    }
  }

  private void carryOut(RolloutRow row, Effect effect, Map<String, Object> told, Instant now) {
    switch (effect) {
      case NONE -> {}
      case OVERRIDE_GATES -> {
        List<Integer> overridden = new ArrayList<>();
        for (WaveStatus wave : row.status().broken()) {
          rows.override(row.id(), wave.index());
          overridden.add(wave.index());
        }
        told.put("overriddenWaves", overridden);
        told.put("why", Objects.requireNonNullElse(row.why(), ""));
      }
      case UNDO_ALL -> {
        told.put("targets", targets.undoAll(row.id(), now));
        rows.recount(row.id());
        movePoolBack(row);
      }
      case FORGET_DORMANT -> {
        told.put("dormant", targets.forgetDormant(row.id(), now));
        rows.recount(row.id());
      }
    }
  }

  private void movePoolBack(RolloutRow row) {
    if (row.poolMoved() && row.version().equals(migrations.poolVersion(row.pool()))) {
      migrations.move(row.pool(), row.poolVersionBefore());
      rows.poolMoved(row.id(), false, null);
    }
  }

  private static BurgageException refused(RolloutRow row, String sentence) {
    return new BurgageException(
        ErrorCode.CONFLICT, "rollout %s is %s: %s".formatted(row.id(), row.state(), sentence));
  }

  static BurgageException unknown(PoolName pool, UUID id) {
    return new BurgageException(
        ErrorCode.NOT_FOUND,
        "pool \"%s\" has no rollout %s; GET /v1/pools/%s/rollouts lists them"
            .formatted(pool, id, pool));
  }
}
