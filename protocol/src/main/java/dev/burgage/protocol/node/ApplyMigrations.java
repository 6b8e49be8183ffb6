package dev.burgage.protocol.node;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.List;

/// Body of `POST /node/v1/migrations`: bring each target to the last script of the set, each in one
/// transaction of its own. Repeating it changes nothing.
///
/// @param scripts the pool's whole set up to the wanted version, in order
public record ApplyMigrations(List<Target> targets, List<MigrationScript> scripts) {
  public ApplyMigrations {
    targets = List.copyOf(targets);
    scripts = List.copyOf(scripts);
  }

  /// One database to migrate.
  public record Target(DatabaseId database, long generation, Limits limits) {}
}
