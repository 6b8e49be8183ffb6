package dev.burgage.migrations.script;

import dev.burgage.protocol.migration.MigrationScript;
import java.util.List;

/// The scripts of a pool, by what its engine makes of them.
///
/// @param scripts what its databases get: one for each version, in order
/// @param others variants for other engines, and scripts that a variant for this engine replaces:
///   kept, never run here; by version, then by name
public record MigrationSet(List<MigrationScript> scripts, List<MigrationScript> others) {
  public MigrationSet {
    scripts = List.copyOf(scripts);
    others = List.copyOf(others);
  }
}
