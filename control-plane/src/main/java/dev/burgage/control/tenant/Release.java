package dev.burgage.control.tenant;

import dev.burgage.control.node.NodeClient;
import dev.burgage.control.node.NodeRegistry;
import org.springframework.stereotype.Component;

/// The end of a quarantine: the node's own, which refuses also while we are away, then what we know
/// of it. May be asked for again without harm.
@Component
class Release {
  private final NodeClient client;
  private final NodeRegistry nodes;

  Release(NodeClient client, NodeRegistry nodes) {
    this.client = client;
    this.nodes = nodes;
  }

  void release(Tenant.Place place) {
    client.releaseDatabase(place.node(), place.database(), place.generation());
    nodes.released(place.node(), place.database());
  }
}
