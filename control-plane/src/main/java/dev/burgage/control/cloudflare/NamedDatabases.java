package dev.burgage.control.cloudflare;

import dev.burgage.control.access.DatabaseTenants;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.InvalidNameException;
import dev.burgage.protocol.TenantId;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Whose database a path names, for the door: it opens for a tenant's own token alone.
@Component
class NamedDatabases implements DatabaseTenants {
  private final Tenants tenants;

  NamedDatabases(Tenants tenants) {
    this.tenants = tenants;
  }

  // As Accounts finds it: by id first. A name says whose it is by itself.
  @Override
  public Optional<TenantId> tenant(String pool, String idOrName) {
    try {
      return tenants
          .find(DatabaseId.parse(idOrName))
          .map(tenant -> tenant.key())
          .filter(key -> key.pool().value().equals(pool))
          .map(key -> key.tenant())
          .or(() -> named(idOrName));
    } catch (IllegalArgumentException e) {
      return named(idOrName);
    }
  }

  private static Optional<TenantId> named(String name) {
    try {
      return Optional.of(new DatabaseName(name).tenant());
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }
}
