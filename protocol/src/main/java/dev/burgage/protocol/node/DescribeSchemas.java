package dev.burgage.protocol.node;

import dev.burgage.protocol.node.ApplyMigrations.Target;
import java.util.List;

/// Body of `POST /node/v1/schemas`: look at the schemas of databases.
///
/// @param objects whether to answer with their objects too
public record DescribeSchemas(List<Target> targets, boolean objects) {
  public DescribeSchemas {
    targets = List.copyOf(targets);
  }
}
