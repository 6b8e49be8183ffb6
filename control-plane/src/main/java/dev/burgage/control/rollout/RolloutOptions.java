package dev.burgage.control.rollout;

import dev.burgage.migrations.rollout.Gate;
import dev.burgage.migrations.rollout.WaveShare;
import dev.burgage.protocol.migration.Invariant;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a rollout is to go, as it was checked and is kept in column `options`.
///
/// @param select null for all tenants of the pool
/// @param gate of waves that have none of their own; null if nothing was said
/// @param parallelPerNode orders that one node has at once
/// @param tenantsPerSecondMax over all nodes; null for no limit
/// @param dormantAfter tenants that nobody used for so long wait for their next use; null for none
/// @param undoFor how long it can be undone; null if it cannot
/// @param acceptWarnings whether it may be started although lint warns; null if nothing was said
record RolloutOptions(
    @Nullable Selection select,
    @Nullable Canary canary,
    List<NewWave> waves,
    @Nullable Gate gate,
    int parallelPerNode,
    @Nullable Double tenantsPerSecondMax,
    List<Invariant> invariants,
    @Nullable Duration dormantAfter,
    @Nullable Duration undoFor,
    @Nullable Boolean acceptWarnings) {
  RolloutOptions {
    waves = List.copyOf(waves);
    invariants = List.copyOf(invariants);
  }

  /// Which tenants; all that is said must hold.
  ///
  /// @param versions that they are at before
  record Selection(
      @Nullable Map<String, String> labels,
      @Nullable List<String> versions,
      @Nullable List<String> tenants) {
    static final Selection ALL = new Selection(null, null, null);
  }

  /// The first wave: named tenants, or a share.
  record Canary(
      @Nullable List<String> tenants,
      @Nullable WaveShare share,
      Duration soak,
      @Nullable Gate gate) {}

  /// A wave before the last.
  record NewWave(WaveShare share, Duration soak, @Nullable Gate gate) {}

  Selection selection() {
    return select == null ? Selection.ALL : select;
  }

  List<String> namedCanary() {
    List<String> named = canary == null ? null : canary.tenants();
    return named == null ? List.of() : named;
  }
}
