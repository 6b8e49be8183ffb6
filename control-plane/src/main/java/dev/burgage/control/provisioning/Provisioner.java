package dev.burgage.control.provisioning;

import dev.burgage.control.node.Placement;
import dev.burgage.control.pool.Pool;
import dev.burgage.control.pool.Pools;
import dev.burgage.control.provisioning.SchemaSource.PoolSchema;
import dev.burgage.control.tenant.NewTenant;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.TenantState;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Makes tenants: plan, persist the plan, order the node, record. Every step may be repeated by
/// anybody, so two requests for the same tenant, on two control planes, and the reconciler may all
/// work at it at once; the compare-and-set at the end says who made it. See DESIGN.md.
class Provisioner {
  private static final int ATTEMPTS = 5;

  private final Pools pools;
  private final Tenants tenants;
  private final SchemaSource schemas;
  private final Placement placement;
  private final NodeOrders nodes;

  Provisioner(
      Pools pools, Tenants tenants, SchemaSource schemas, Placement placement, NodeOrders nodes) {
    this.pools = pools;
    this.tenants = tenants;
    this.schemas = schemas;
    this.placement = placement;
    this.nodes = nodes;
  }

  /// Returns when the node that owns the tenant serves it.
  ///
  /// @throws BurgageException `unknown_pool`, `conflict`, `node_unavailable`,
  ///   `revision_not_reached`; after the last two the same request may be repeated and goes on
  ///   where this one ended
  Provisioned provision(PoolName pool, NewTenantRequest request) {
    TenantKey key = new TenantKey(pool, request.checkedId());
    Tenant tenant = planOrFind(key, request);
    Provisioned provisioned =
        tenant.state() == TenantState.PROVISIONING
            ? complete(tenant)
            : new Provisioned(tenant, false);
    if (provisioned.tenant().state() == TenantState.ACTIVE) {
      nodes.arrival().await(provisioned.tenant().place().node(), provisioned.tenant().revision());
    }
    return provisioned;
  }

  private Tenant planOrFind(TenantKey key, NewTenantRequest request) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Tenant> there = tenants.find(key);
      if (there.isPresent()) {
        return same(there.get(), request);
      }
      Optional<Tenant> planned = tenants.plan(key, plan(pools.get(key.pool()), request));
      if (planned.isPresent()) {
        return planned.get();
      }
    }
    throw busy(key);
  }

  private NewTenant plan(Pool pool, NewTenantRequest request) {
    PoolSchema schema = schemas.current(pool.name(), pool.engine());
    return new NewTenant(
        new Tenant.Place(
            new DatabaseId(UUID.randomUUID()), pool.engine(), placement.choose(Set.of()), 1),
        new Tenant.Plan(schema.template().id(), schema.version(), request.digest()),
        request.checkedLabels(),
        request.checkedLimits());
  }

  private static Tenant same(Tenant there, NewTenantRequest request) {
    String key = there.key().toString();
    if (there.state().shown() == TenantState.DELETED) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "tenant \"%s\" is deleted and recoverable; undelete it, or make it anew after its purgeAt"
              .formatted(key));
    }
    if (there.state() == TenantState.ABANDONED) {
      throw new BurgageException(
          ErrorCode.NOT_READY,
          "tenant \"%s\" could not be made and is being cleared away; repeat the request in a minute"
              .formatted(key));
    }
    if (!there.plan().request().equals(request.digest())) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "tenant \"%s\" was made with other labels or limits; change them with PATCH"
              .formatted(key));
    }
    return there;
  }

  /// Takes a planned tenant to its end.
  Provisioned complete(Tenant planned) {
    Tenant tenant = planned;
    var failed = new HashSet<NodeName>();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (tenant.state() != TenantState.PROVISIONING) {
        return new Provisioned(tenant, false);
      }
      Optional<Tenant> changed = order(tenant, failed);
      if (changed.isPresent() && changed.get().state() == TenantState.ACTIVE) {
        return new Provisioned(changed.get(), true);
      }
      TenantKey key = tenant.key();
      tenant = changed.orElseGet(() -> tenants.get(key));
    }
    throw busy(tenant.key());
  }

  /// One attempt.
  ///
  /// @param failed nodes that did not answer so far; one more may be added
  /// @return the tenant, active or with another plan; empty if somebody else changed it
  private Optional<Tenant> order(Tenant tenant, Set<NodeName> failed) {
    Tenant.Place place = tenant.place();
    PoolSchema schema = schemas.current(tenant.key().pool(), place.engine());
    if (!schema.template().id().equals(tenant.plan().template())) {
      // A rollout to the newer schema may have ended without seeing this tenant: it must not come
      // behind.
      return replan(tenant, place.node(), schema);
    }
    try {
      nodes.create(place, tenant.plan().template(), schema);
      return tenants.move(tenant, TenantState.ACTIVE);
    } catch (BurgageException e) {
      return switch (e.code()) {
        // The planned template is not the pool's any more and the node never had it: plan anew.
        case TEMPLATE_MISSING -> replan(tenant, place.node(), schema);
        case NODE_UNAVAILABLE -> {
          failed.add(place.node());
          yield replan(tenant, placement.choose(failed), schema);
        }
        default -> throw e;
      };
    }
  }

  // With the next generation: what the old plan may have left on a node's disk is an orphan then,
  // and is swept.
  private Optional<Tenant> replan(Tenant tenant, NodeName node, PoolSchema schema) {
    Tenant.Place old = tenant.place();
    return tenants.replan(
        tenant,
        new Tenant.Place(old.database(), old.engine(), node, old.generation() + 1),
        new Tenant.Plan(schema.template().id(), schema.version(), tenant.plan().request()));
  }

  private static BurgageException busy(TenantKey key) {
    return new BurgageException(
        ErrorCode.CONFLICT,
        "tenant \"%s\" is being changed by others at the same time; repeat the request"
            .formatted(key));
  }

  /// How a request for a tenant ended.
  ///
  /// @param isNew whether this very request made it
  record Provisioned(Tenant tenant, boolean isNew) {}
}
