package dev.burgage.control.provisioning;

import dev.burgage.control.history.TenantHistory;
import dev.burgage.control.provisioning.Provisioner.Provisioned;
import dev.burgage.control.tenant.NewTenant;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.TenantState;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// Makes tenants of others' past: a plan with the commit that they begin with, on the node that has
/// it; everything else is [Provisioner]'s.
@Component
class Forker {
  private final Tenants tenants;
  private final TenantHistory history;
  private final Provisioner provisioner;

  Forker(Tenants tenants, TenantHistory history, Provisioner provisioner) {
    this.tenants = tenants;
    this.history = history;
    this.provisioner = provisioner;
  }

  /// Returns when the node serves the new tenant.
  ///
  /// @throws BurgageException as [Provisioner#provision], `unknown_tenant`, and if there is no such
  ///   moment
  Provisioned fork(TenantKey source, ForkRequest request) {
    TenantKey key = new TenantKey(source.pool(), request.tenant().checkedId());
    String digest = request.digest(source.tenant());
    // First: the moment of a request that comes again was looked up when it came first.
    if (tenants.find(key).isPresent()) {
      return provisioner.provision(key, digest, () -> plan(source, request));
    }
    NewTenant plan = plan(source, request);
    return provisioner.provision(key, digest, () -> plan);
  }

  private NewTenant plan(TenantKey source, ForkRequest request) {
    Tenant from = tenants.get(source);
    if (from.state() != TenantState.ACTIVE) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "tenant \"%s\" is %s; only an active one can be forked"
              .formatted(source, from.state().shown()));
    }
    Bookmark bookmark = Bookmark.parse(history.bookmark(from, request.moment()).bookmark());
    ForkOrigin origin = new ForkOrigin(from.place().database(), bookmark);
    return new NewTenant(
        new Tenant.Place(
            new DatabaseId(UUID.randomUUID()), from.place().engine(), from.place().node(), 1),
        new Tenant.Plan(
            origin.toString(), from.plan().schemaVersion(), request.digest(source.tenant())),
        request.tenant().checkedLabels(),
        request.limitsOver(from.limits()));
  }
}
