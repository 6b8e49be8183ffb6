package dev.burgage.control.rollout;

import dev.burgage.control.migration.Migrations;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Starts rollouts. Thread-safe.
@Component
class Rollouts {
  private final RolloutRepository rows;
  private final Targets targets;
  private final Migrations migrations;
  private final RolloutRunning running;
  private final TransactionTemplate transaction;
  private final RolloutQueue queue;

  Rollouts(
      RolloutRepository rows,
      Targets targets,
      Migrations migrations,
      RolloutRunning running,
      TransactionTemplate transaction,
      RolloutQueue queue) {
    this.rows = rows;
    this.targets = targets;
    this.migrations = migrations;
    this.running = running;
    this.transaction = transaction;
    this.queue = queue;
  }

  /// Writes the rollout, its targets and the task that works on it, all or nothing.
  ///
  /// @param version null for the newest
  /// @throws BurgageException `conflict` if the pool has an unfinished rollout or no migration;
  ///   `invalid_request` if it has no such version
  UUID start(PoolName pool, @Nullable String version) {
    UUID id = UUID.randomUUID();
    try {
      transaction.executeWithoutResult(status -> plan(id, pool, version));
    } catch (DataIntegrityViolationException e) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "pool \"%s\" has got another rollout at the same time; wait for it".formatted(pool),
          e);
    }
    queue.hurry();
    return id;
  }

  private void plan(UUID id, PoolName pool, @Nullable String version) {
    migrations.hold(pool);
    List<MigrationScript> scripts = migrations.upTo(pool, version);
    if (scripts.isEmpty()) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "pool \"%s\" has no migrations; POST /v1/pools/%s/migrations registers some"
              .formatted(pool, pool));
    }
    rows.findUnfinished(pool.value())
        .ifPresent(other -> {
          throw new BurgageException(
              ErrorCode.CONFLICT,
              "rollout %s of pool \"%s\" has not finished; wait for it"
                  .formatted(other.getId(), pool));
        });
    Instant now = running.now();
    String wanted = scripts.getLast().version();
    rows.saveAndFlush(new RolloutRow(id, pool, wanted, now));
    targets.addAll(id, pool, migrations.from(pool, wanted), now);
    queue.add(id, now);
  }
}
