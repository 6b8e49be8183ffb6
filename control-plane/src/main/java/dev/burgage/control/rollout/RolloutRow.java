package dev.burgage.control.rollout;

import dev.burgage.migrations.lint.Finding;
import dev.burgage.migrations.rollout.RolloutState;
import dev.burgage.migrations.rollout.RolloutStatus;
import dev.burgage.protocol.PoolName;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A row of table `rollout`, with its waves.
///
/// @param findings of lint, when it was planned
/// @param why it is halted
/// @param movesPool whether its last wave takes the pool to its version: it is for all tenants
/// @param events how many there were; each verb and each step that is written down adds one
/// @param runner the control plane that works at it, or did last
record RolloutRow(
    UUID id,
    PoolName pool,
    String version,
    RolloutState state,
    String plan,
    RolloutOptions options,
    List<Finding> findings,
    int openWave,
    @Nullable String why,
    boolean movesPool,
    boolean poolMoved,
    @Nullable String poolVersionBefore,
    long events,
    Times times,
    @Nullable Runner runner,
    List<WaveRow> waves) {
  /// Its moments.
  ///
  /// @param undoUntil null if it cannot be undone
  /// @param pacedUntil no order before
  /// @param notBefore nothing to do before
  record Times(
      Instant createdAt,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable Instant undoUntil,
      @Nullable Instant pacedUntil,
      @Nullable Instant notBefore) {}

  /// Who works at it.
  record Runner(String name, @Nullable Instant since, boolean busy) {}

  RolloutStatus status() {
    return new RolloutStatus(
        state, plan, openWave, waves.stream().map(WaveRow::status).toList(), times.undoUntil());
  }

  int lastWave() {
    return waves.size() - 1;
  }
}
