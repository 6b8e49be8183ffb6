package dev.burgage.control.tenant;

import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;

/// What names a tenant.
public record TenantKey(PoolName pool, TenantId tenant) {
  @Override
  public String toString() {
    return "%s/%s".formatted(pool, tenant);
  }
}
