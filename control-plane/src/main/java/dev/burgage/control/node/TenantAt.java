package dev.burgage.control.node;

import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;

/// Where a tenant is to be asked for.
///
/// @param revision that the node must have seen before it answers
public record TenantAt(NodeName node, PoolName pool, TenantId tenant, Revision revision) {
  String path() {
    return "pools/%s/tenants/%s".formatted(pool, tenant);
  }
}
