package dev.burgage.control.rollout;

import dev.burgage.control.migration.Migrations;
import dev.burgage.control.rollout.TargetPlan.Scope;
import dev.burgage.migrations.rollout.RolloutState;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Sha256;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Plans rollouts. Thread-safe.
@Component
class Rollouts {
  private static final int PLAN_LENGTH = 32;

  private final RolloutRows rows;
  private final TargetPlan targets;
  private final Migrations migrations;
  private final RolloutEvents events;
  private final RolloutRunning running;
  private final TransactionTemplate transaction;

  Rollouts(
      RolloutRows rows,
      TargetPlan targets,
      Migrations migrations,
      RolloutEvents events,
      RolloutRunning running,
      TransactionTemplate transaction) {
    this.rows = rows;
    this.targets = targets;
    this.migrations = migrations;
    this.events = events;
    this.running = running;
    this.transaction = transaction;
  }

  /// Writes the rollout, its waves and its targets, all or nothing.
  ///
  /// @throws BurgageException `conflict` if the pool has no migration or too many plans;
  ///   `invalid_request`
  RolloutRow plan(PoolName pool, RolloutRequest request, String actor) {
    UUID id = UUID.randomUUID();
    RolloutOptions options = request.checked();
    transaction.executeWithoutResult(status -> {
      migrations.hold(pool);
      List<MigrationScript> scripts = migrations.upTo(pool, request.version());
      check(pool, scripts);
      write(id, pool, scripts, options, actor);
    });
    return rows.find(id).orElseThrow();
  }

  private void check(PoolName pool, List<MigrationScript> scripts) {
    if (scripts.isEmpty()) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "pool \"%s\" has no migrations; POST /v1/pools/%s/migrations registers some"
              .formatted(pool, pool));
    }
    int most = running.settings().plannedMax();
    if (rows.planned(pool) >= most) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "pool \"%s\" has %d rollouts that are planned and not started; start or abort one"
              .formatted(pool, most));
    }
  }

  private void write(
      UUID id, PoolName pool, List<MigrationScript> scripts, RolloutOptions options, String actor) {
    Instant now = running.now();
    String version = scripts.getLast().version();
    var scope =
        new Scope(pool, migrations.from(pool, version), options.selection(), options.namedCanary());
    WavePlanner planned = WavePlanner.of(options, targets.size(scope));
    rows.insert(
        new RolloutRow(
            id,
            pool,
            version,
            RolloutState.PLANNED,
            "",
            options,
            -1,
            null,
            options.select() == null,
            false,
            null,
            false,
            new RolloutRow.Times(now, null, null, null, null, null),
            null,
            planned.waves()));
    targets.addAll(id, scope, planned.places(), now);
    rows.recount(id);
    String plan = planId(rows.find(id).orElseThrow(), scripts);
    rows.plan(id, plan);
    events.add(id, actor, "planned", Map.of("plan", plan, "version", version), now);
  }

  /// Names what was decided: the scripts, how they are to be rolled out, and to how many tenants in
  /// each wave.
  static String planId(RolloutRow row, List<MigrationScript> scripts) {
    record Content(
        String pool,
        List<String> scripts,
        RolloutOptions options,
        List<Long> waves,
        long upToDate) {}
    var content =
        new Content(
            row.pool().value(),
            scripts.stream().map(s -> s.version() + " " + s.script() + " " + s.checksum()).toList(),
            row.options(),
            row.waves().stream().map(wave -> wave.counts().pending()).toList(),
            row.status().total().upToDate());
    return HexFormat.of().formatHex(Sha256.of(RolloutRows.json(content))).substring(0, PLAN_LENGTH);
  }
}
