package dev.burgage.protocol.node;

import dev.burgage.protocol.migration.Invariant;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import java.util.List;

/// Body of `POST /node/v1/rehearsals`: apply the set to a throw-away copy of each target. Nothing
/// touches the originals, and their requests do not wait.
///
/// @param scripts the pool's whole set up to the wanted version, in order
public record Rehearse(
    List<Target> targets, List<MigrationScript> scripts, List<Invariant> invariants) {
  public Rehearse {
    targets = List.copyOf(targets);
    scripts = List.copyOf(scripts);
    invariants = List.copyOf(invariants);
  }
}
