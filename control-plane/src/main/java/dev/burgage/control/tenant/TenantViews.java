package dev.burgage.control.tenant;

import dev.burgage.control.node.Node;
import dev.burgage.control.node.NodeRegistry;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Makes tenants' views, with their nodes' addresses.
@Component
public class TenantViews {
  private final NodeRegistry nodes;

  TenantViews(NodeRegistry nodes) {
    this.nodes = nodes;
  }

  public TenantView of(Tenant tenant) {
    Optional<Node> node = nodes.find(tenant.place().node().value());
    return TenantView.of(
        tenant,
        node.flatMap(Node::url).orElse(null),
        node.flatMap(known -> known.quarantine(tenant.place().database())).orElse(null));
  }
}
