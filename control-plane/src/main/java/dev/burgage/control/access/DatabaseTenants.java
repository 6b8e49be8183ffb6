package dev.burgage.control.access;

import dev.burgage.protocol.TenantId;
import java.util.Optional;

/// Whose database a path of Cloudflare's API names, by id or name. What speaks that API lies above
/// this package.
public interface DatabaseTenants {
  /// @param pool not checked; it may be none's name
  /// @return empty if the pool has no such database, as far as can be told from the name
  Optional<TenantId> tenant(String pool, String idOrName);
}
