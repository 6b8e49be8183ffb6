package dev.burgage.control.provisioning;

import dev.burgage.control.node.Placement;
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
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/// Makes tenants: plan, persist the plan, order the node, record. Every step may be repeated by
/// anybody, so two requests for the same tenant, on two control planes, and the reconciler may all
/// work at it at once; the compare-and-set at the end says who made it. See DESIGN.md.
@Component
class Provisioner {
  private static final int ATTEMPTS = 5;
  // Refusals of a fork that no repetition changes.
  private static final Set<ErrorCode> NEVER =
      EnumSet.of(
          ErrorCode.MOMENT_NOT_KEPT,
          ErrorCode.MOMENT_UNKNOWN,
          ErrorCode.FOREIGN_BOOKMARK,
          ErrorCode.STORAGE_FULL);

  private final Tenants tenants;
  private final SchemaSource schemas;
  private final Placement placement;
  private final NodeOrders nodes;

  Provisioner(Tenants tenants, SchemaSource schemas, Placement placement, NodeOrders nodes) {
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
    return provision(key, request.digest(), schema -> plan(schema, request));
  }

  /// As the other, for a tenant whose database is not a copy of the pool's template.
  ///
  /// @param digest by which the request is known when it comes again
  Provisioned provision(TenantKey key, String digest, Supplier<NewTenant> plan) {
    return provision(key, digest, _ -> plan.get());
  }

  private Provisioned provision(
      TenantKey key, String digest, Function<PoolSchema, NewTenant> plan) {
    Tenant tenant = planOrFind(key, digest, plan);
    Provisioned provisioned =
        tenant.state() == TenantState.PROVISIONING
            ? complete(tenant)
            : new Provisioned(tenant, false);
    if (provisioned.tenant().state() == TenantState.ACTIVE) {
      nodes.arrival().await(provisioned.tenant().place().node(), provisioned.tenant().revision());
    }
    return provisioned;
  }

  // Nothing is read before it is written: the statement that writes the plan says whether there was
  // such a tenant, and whether the schema was the pool's newest.
  private Tenant planOrFind(TenantKey key, String digest, Function<PoolSchema, NewTenant> plan) {
    PoolSchema schema = schemas.known(key.pool());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Tenant> planned = tenants.plan(key, plan.apply(schema), schema.set());
      if (planned.isPresent()) {
        return planned.get();
      }
      Optional<Tenant> there = tenants.find(key);
      if (there.isPresent()) {
        return same(there.get(), digest);
      }
      schema = schemas.current(key.pool());
    }
    throw busy(key);
  }

  private NewTenant plan(PoolSchema schema, NewTenantRequest request) {
    return new NewTenant(
        new Tenant.Place(
            new DatabaseId(UUID.randomUUID()),
            schema.template().engine(),
            placement.choose(Set.of()),
            1),
        new Tenant.Plan(schema.templateId(), schema.version(), request.digest()),
        request.checkedLabels(),
        request.checkedLimits());
  }

  private static Tenant same(Tenant there, String digest) {
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
    if (!there.plan().request().equals(digest)) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "tenant \"%s\" was made by another request: with other labels or limits, which PATCH changes, or of something else"
              .formatted(key));
    }
    return there;
  }

  /// Takes a planned tenant to its end.
  Provisioned complete(Tenant planned) {
    Tenant tenant = planned;
    TenantKey key = planned.key();
    PoolSchema schema = schemas.known(key.pool());
    if (!isOf(schema, tenant)) {
      schema = schemas.current(key.pool());
    }
    var failed = new HashSet<NodeName>();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (tenant.state() != TenantState.PROVISIONING) {
        return new Provisioned(tenant, false);
      }
      Optional<Tenant> changed = order(tenant, schema, failed);
      if (changed.isPresent() && changed.get().state() == TenantState.ACTIVE) {
        return new Provisioned(changed.get(), true);
      }
      tenant = changed.orElseGet(() -> tenants.get(key));
      schema = schemas.current(key.pool());
    }
    throw busy(key);
  }

  /// One attempt.
  ///
  /// @param failed nodes that did not answer so far; one more may be added
  /// @return the tenant, active or with another plan; empty if somebody else changed it, or the
  ///   pool's migrations
  private Optional<Tenant> order(Tenant tenant, PoolSchema schema, Set<NodeName> failed) {
    Tenant.Place place = tenant.place();
    Optional<ForkOrigin> origin = ForkOrigin.of(tenant.plan().template());
    if (origin.isPresent()) {
      return fork(tenant, origin.get(), schema);
    }
    if (!isOf(schema, tenant)) {
      // A rollout to the newer schema may have ended without seeing this tenant: it must not come
      // behind.
      return replan(tenant, place.node(), schema);
    }
    try {
      nodes.create(place, schema);
      return tenants.activate(tenant, schema.set());
    } catch (BurgageException e) {
      if (e.code() != ErrorCode.NODE_UNAVAILABLE) {
        throw e;
      }
      failed.add(place.node());
      return replan(tenant, placement.choose(failed), schema);
    }
  }

  // It stays on its node, which alone has what is not in the store yet, and at the version that it
  // had: what the pool has meanwhile is for a rollout, which sees it as it sees any other.
  private Optional<Tenant> fork(Tenant tenant, ForkOrigin origin, PoolSchema schema) {
    Tenant.Plan plan = tenant.plan();
    try {
      String version = nodes.fork(tenant, origin);
      return Objects.equals(version, plan.schemaVersion())
          ? tenants.activate(tenant, schema.set())
          : tenants.replan(
              tenant, tenant.place(), new Tenant.Plan(plan.template(), version, plan.request()));
    } catch (BurgageException e) {
      if (NEVER.contains(e.code())) {
        tenants.move(tenant, TenantState.ABANDONED);
      }
      throw e;
    }
  }

  private static boolean isOf(PoolSchema schema, Tenant tenant) {
    return schema.templateId().equals(tenant.plan().template());
  }

  // With the next generation: what the old plan may have left on a node's disk is an orphan then,
  // and is swept.
  private Optional<Tenant> replan(Tenant tenant, NodeName node, PoolSchema schema) {
    Tenant.Place old = tenant.place();
    return tenants.replan(
        tenant,
        new Tenant.Place(old.database(), old.engine(), node, old.generation() + 1),
        new Tenant.Plan(schema.templateId(), schema.version(), tenant.plan().request()));
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
