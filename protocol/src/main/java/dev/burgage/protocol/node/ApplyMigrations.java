package dev.burgage.protocol.node;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.migration.Invariant;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Body of `POST /node/v1/migrations`: bring each target to the last script of the set, each in one
/// transaction of its own. Repeating it changes nothing.
///
/// @param rollout stands in the histories of the targets that it changes, and names those that are
///   left dormant
/// @param number of the rollout's newest event when this was decided; a node that has taken the
///   rollout back refuses what was decided before
/// @param scripts the pool's whole set up to the wanted version, in order
/// @param invariants asked in each target's transaction; one that does not hold rolls it back
/// @param dormantAfterMillis targets that nobody has used for this long are not opened: they are
///   migrated before their next statement; null migrates all of them now
public record ApplyMigrations(
    UUID rollout,
    long number,
    List<Target> targets,
    List<MigrationScript> scripts,
    List<Invariant> invariants,
    @Nullable Long dormantAfterMillis) {
  public ApplyMigrations {
    targets = List.copyOf(targets);
    scripts = List.copyOf(scripts);
    invariants = List.copyOf(invariants);
  }

  /// One database to migrate.
  public record Target(DatabaseId database, long generation, Limits limits) {}
}
