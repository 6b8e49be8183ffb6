package dev.burgage.protocol.node;

import java.util.List;

/// Answer to `GET /node/v1/quarantine`: every quarantined database of the node.
public record QuarantinedDatabases(List<Quarantined> databases) {
  public QuarantinedDatabases {
    databases = List.copyOf(databases);
  }
}
