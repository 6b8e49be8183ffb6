package dev.burgage.protocol.node;

import dev.burgage.protocol.node.ApplyMigrations.Target;
import java.util.List;
import java.util.UUID;

/// Body of `POST /node/v1/undo`: put back each target's copy of before the rollout, unless it was
/// written to since. Targets that are still dormant are forgotten. Repeating it changes nothing.
public record Undo(UUID rollout, List<Target> targets) {
  public Undo {
    targets = List.copyOf(targets);
  }
}
