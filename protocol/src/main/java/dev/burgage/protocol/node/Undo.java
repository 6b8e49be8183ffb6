package dev.burgage.protocol.node;

import dev.burgage.protocol.node.ApplyMigrations.Target;
import java.util.List;
import java.util.UUID;

/// Body of `POST /node/v1/undo`: put each target back to the commit before the rollout's, unless it
/// was written to since. Targets that are still dormant are forgotten. Repeating it changes
/// nothing, and orders of the rollout that come late are refused from now on; without targets that
/// is all it does.
///
/// @param number of the rollout's newest event when this was decided
/// @param version to which the rollout brings databases: one that has it without the rollout has it
///   from elsewhere
public record Undo(UUID rollout, long number, String version, List<Target> targets) {
  public Undo {
    targets = List.copyOf(targets);
  }
}
