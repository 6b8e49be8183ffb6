package dev.burgage.protocol.node;

import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import java.util.List;
import java.util.UUID;

/// Body of `POST /node/v1/marks`: write into each target's history that the scripts that it lacks
/// were applied, and run none of them. What the database has instead was made by hand. The answer
/// is [ApplyOutcomes]; repeating it changes nothing.
///
/// @param rollout for whose targets this is
/// @param number of the rollout's newest event when this was decided; a node that has taken the
///   rollout back refuses what was decided before
/// @param scripts the pool's whole set up to the wanted version, in order
public record MarkApplied(
    UUID rollout, long number, List<Target> targets, List<MigrationScript> scripts) {
  public MarkApplied {
    targets = List.copyOf(targets);
    scripts = List.copyOf(scripts);
  }
}
