package dev.burgage.control.tenant;

import dev.burgage.control.node.Node;
import dev.burgage.control.node.NodeRegistry;
import org.springframework.stereotype.Component;

/// Makes tenants' views, with their nodes' addresses.
@Component
public class TenantViews {
  private final NodeRegistry nodes;

  TenantViews(NodeRegistry nodes) {
    this.nodes = nodes;
  }

  public TenantView of(Tenant tenant) {
    return TenantView.of(
        tenant, nodes.find(tenant.place().node().value()).flatMap(Node::url).orElse(null));
  }
}
