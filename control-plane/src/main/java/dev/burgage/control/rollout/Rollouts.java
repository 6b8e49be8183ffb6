package dev.burgage.control.rollout;

import dev.burgage.control.migration.Migrations;
import dev.burgage.control.rollout.TargetPlan.Scope;
import dev.burgage.migrations.lint.Finding;
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
  private final Context context;
  private final TransactionTemplate transaction;

  Rollouts(
      RolloutRows rows,
      TargetPlan targets,
      Migrations migrations,
      RolloutEvents events,
      Context context,
      TransactionTemplate transaction) {
    this.rows = rows;
    this.targets = targets;
    this.migrations = migrations;
    this.events = events;
    this.context = context;
    this.transaction = transaction;
  }

  /// What it needs besides.
  @Component("planning")
  record Context(PlanLint lint, RolloutRunning running) {}

  /// Writes the rollout, its waves and its targets, all or nothing.
  ///
  /// @throws BurgageException `conflict` if the pool has no migration or too many plans;
  ///   `invalid_request`
  RolloutRow plan(PoolName pool, RolloutRequest request, String actor) {
    UUID id = UUID.randomUUID();
    RolloutOptions options = request.checked();
    List<MigrationScript> looked = migrations.upTo(pool, request.version());
    check(pool, looked);
    // Before the transaction: it runs scripts, and others would wait for it.
    List<Finding> findings = context.lint().findings(scope(pool, looked, options), looked);
    transaction.executeWithoutResult(status -> {
      migrations.hold(pool);
      List<MigrationScript> scripts = migrations.upTo(pool, request.version());
      if (!scripts.equals(looked)) {
        throw new BurgageException(
            ErrorCode.CONFLICT,
            "the migrations of pool \"%s\" changed meanwhile; repeat the request".formatted(pool));
      }
      check(pool, scripts);
      write(id, pool, scripts, new Decided(options, findings, actor));
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
    int most = context.running().settings().plannedMax();
    if (rows.planned(pool) >= most) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "pool \"%s\" has %d rollouts that are planned and not started; start or abort one"
              .formatted(pool, most));
    }
  }

  private Scope scope(PoolName pool, List<MigrationScript> scripts, RolloutOptions options) {
    List<String> reached = migrations.from(pool, scripts.getLast().version());
    return new Scope(pool, reached, options.selection(), options.namedCanary());
  }

  private record Decided(RolloutOptions options, List<Finding> findings, String actor) {}

  private void write(UUID id, PoolName pool, List<MigrationScript> scripts, Decided decided) {
    Instant now = context.running().now();
    String version = scripts.getLast().version();
    RolloutOptions options = decided.options();
    Scope scope = scope(pool, scripts, options);
    WavePlanner planned = WavePlanner.of(options, targets.size(scope));
    rows.insert(
        new RolloutRow(
            id,
            pool,
            version,
            RolloutState.PLANNED,
            "",
            options,
            decided.findings(),
            -1,
            null,
            options.select() == null,
            false,
            null,
            0,
            new RolloutRow.Times(now, null, null, null, null, null),
            null,
            planned.waves()));
    targets.addAll(id, scope, planned.places(), now);
    rows.recount(id);
    String plan = planId(rows.find(id).orElseThrow(), scripts);
    rows.plan(id, plan);
    events.add(id, decided.actor(), "planned", Map.of("plan", plan, "version", version), now);
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
