package dev.burgage.control.cloudflare;

import dev.burgage.control.pool.Pools;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.TenantState;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.InvalidNameException;
import dev.burgage.protocol.PoolName;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Finds what Cloudflare's paths name: a pool by its account id, a tenant by its database's id or
/// name. A tenant that is not there whole, or deleted, is not there.
@Component
public class Accounts {
  static final String UNKNOWN =
      "The given account is not valid or is not authorized to access this service";

  private final Pools pools;
  private final Tenants tenants;

  Accounts(Pools pools, Tenants tenants) {
    this.pools = pools;
    this.tenants = tenants;
  }

  /// @throws dev.burgage.protocol.error.BurgageException `unknown_pool`
  public PoolName pool(String account) {
    PoolName name;
    try {
      name = new PoolName(account);
    } catch (InvalidNameException e) {
      throw new CloudflareException(
          CloudflareCode.NO_OBJECT,
          "Could not route to /accounts/%s, perhaps your object identifier is invalid?"
              .formatted(account));
    }
    return pools.get(name).name();
  }

  /// @throws CloudflareException 7404 if the account has no such database
  public Tenant database(String account, String idOrName) {
    PoolName pool = pool(account);
    return byId(pool, idOrName)
        .or(() -> byName(pool, idOrName))
        .filter(Accounts::isThere)
        .orElseThrow(() -> CloudflareException.unknownDatabase(idOrName));
  }

  private Optional<Tenant> byId(PoolName pool, String text) {
    DatabaseId id;
    try {
      id = DatabaseId.parse(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return tenants.find(id).filter(tenant -> tenant.key().pool().equals(pool));
  }

  private Optional<Tenant> byName(PoolName pool, String text) {
    try {
      return tenants.find(new TenantKey(pool, new DatabaseName(text).tenant()));
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  /// Whether Cloudflare's tools see the tenant at all.
  public static boolean isThere(Tenant tenant) {
    return tenant.state() == TenantState.ACTIVE || tenant.state() == TenantState.SUSPENDED;
  }
}
