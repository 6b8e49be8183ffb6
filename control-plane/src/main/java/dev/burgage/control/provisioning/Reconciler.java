package dev.burgage.control.provisioning;

import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantState;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.error.BurgageException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Brings to an end what was begun and not ended: rows in PROVISIONING are finished, or abandoned
/// when that fails for too long; the files of abandoned and of deleted tenants are taken from their
/// nodes, and only then their rows become tombstones. A node that is away keeps its rows waiting.
@Component
class Reconciler {
  private static final int BATCH = 500;
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  private final Tenants tenants;
  private final Provisioner provisioner;
  private final NodeOrders nodes;
  private final ProvisioningSettings settings;
  private final Clock clock;
  private final MeterRegistry metrics;

  Reconciler(
      Tenants tenants,
      Provisioner provisioner,
      NodeOrders nodes,
      ProvisioningSettings settings,
      Clock clock,
      MeterRegistry metrics) {
    this.tenants = tenants;
    this.provisioner = provisioner;
    this.nodes = nodes;
    this.settings = settings;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// @param untouched how long nobody may have worked at a row
  void finish(Duration untouched) {
    Instant tooOld = clock.instant().minus(settings.abandonAfter());
    forEach(
        "finish",
        tenants.stale(TenantState.PROVISIONING, untouched, BATCH),
        tenant -> finishOrAbandon(tenant, tooOld));
    forEach(
        "remove", tenants.stale(TenantState.ABANDONED, Duration.ZERO, BATCH), this::removeFiles);
  }

  private void finishOrAbandon(Tenant tenant, Instant tooOld) {
    try {
      provisioner.complete(tenant);
    } catch (BurgageException e) {
      if (tenant.times().createdAt().isAfter(tooOld)) {
        throw e;
      }
      LOG.warn("Tenant {} is given up: {}", tenant.key(), e.detail());
      tenants
          .find(tenant.key())
          .filter(now -> now.state() == TenantState.PROVISIONING)
          .ifPresent(now -> tenants.move(now, TenantState.ABANDONED));
    }
  }

  /// Takes away what has been deleted for as long as it could come back.
  void purge(Instant now) {
    forEach(
        "purge",
        tenants.purgeable(now, BATCH),
        tenant -> tenants.move(tenant, TenantState.PURGING).ifPresent(this::removeFiles));
    forEach(
        "purge",
        tenants.stale(TenantState.PURGING, settings.reconcileAfter(), BATCH),
        this::removeFiles);
  }

  // The row outlives the file: only when the node has no file any more, the row says so.
  private void removeFiles(Tenant tenant) {
    nodes.delete(tenant.place());
    tenants.move(tenant, TenantState.PURGED);
  }

  /// Forgets tombstones that every node has had time to see.
  void forgetTombstones() {
    long forgotten = tenants.forgetTombstones(settings.tombstonesKept());
    if (forgotten > 0) {
      LOG.info("Forgot {} tombstones", forgotten);
    }
  }

  // One tenant's failure stops nobody else's turn; it comes again in the next round.
  private void forEach(String what, List<Tenant> due, Consumer<Tenant> action) {
    for (Tenant tenant : due) {
      String outcome = "done";
      try {
        action.accept(tenant);
      } catch (BurgageException e) {
        outcome = "failed";
        LOG.info("Cannot {} tenant {} yet: {}", what, tenant.key(), e.detail());
      }
      metrics.counter("burgage.reconcile", "what", what, "outcome", outcome).increment();
    }
  }
}
