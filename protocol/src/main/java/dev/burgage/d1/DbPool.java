package dev.burgage.d1;

import dev.burgage.protocol.TenantId;

/// The databases of one pool, one for each tenant. Thread-safe.
public interface DbPool {
  /// The tenant's database. This asks nobody: whether the tenant exists shows at the first
  /// statement.
  ///
  /// @throws dev.burgage.protocol.InvalidNameException if it is not a legal tenant id
  D1Database get(String tenant);

  /// A pool over a transport.
  static DbPool over(D1Transport transport) {
    return tenant -> new TransportDatabase(transport, new TenantId(tenant), /* session= */ null);
  }
}
