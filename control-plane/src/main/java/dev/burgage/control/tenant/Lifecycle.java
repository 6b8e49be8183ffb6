package dev.burgage.control.tenant;

import dev.burgage.control.binding.Arrival;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/// What operators do to a tenant that is there. Each way may be asked for again without harm. The
/// answer waits a little for the node, so that a suspended tenant usually is suspended when its
/// operator reads so; a node that is away hears of it when it is back.
@Component
public class Lifecycle {
  private final Tenants tenants;
  private final Arrival arrival;
  private final Release release;
  private final TenantSettings settings;
  private final Clock clock;

  Lifecycle(
      Tenants tenants, Arrival arrival, Release release, TenantSettings settings, Clock clock) {
    this.tenants = tenants;
    this.arrival = arrival;
    this.release = release;
    this.settings = settings;
    this.clock = clock;
  }

  Tenant suspend(TenantKey key) {
    return move(key, TenantState.ACTIVE, TenantState.SUSPENDED);
  }

  Tenant resume(TenantKey key) {
    return move(key, TenantState.SUSPENDED, TenantState.ACTIVE);
  }

  /// @throws BurgageException `node_unavailable` if the node does not answer
  Tenant release(TenantKey key) {
    Tenant tenant = tenants.get(key);
    release.release(tenant.place());
    return tenant;
  }

  public Tenant delete(TenantKey key) {
    return change(
        key,
        row -> {
          switch (row.state()) {
            case ACTIVE, SUSPENDED ->
                row.delete(
                    clock.instant().truncatedTo(ChronoUnit.MICROS), settings.deleteRetention());
            case DELETED, PURGING -> throw new Unchanged();
            case PROVISIONING, ABANDONED, QUARANTINED, PURGED -> throw unfinished(key);
          }
        });
  }

  Tenant undelete(TenantKey key) {
    return change(
        key,
        row -> {
          switch (row.state()) {
            case DELETED -> row.undelete();
            case ACTIVE, SUSPENDED -> throw new Unchanged();
            case PURGING ->
                throw new BurgageException(
                    ErrorCode.TENANT_DELETED,
                    "tenant \"%s\" is past its retention and is being purged".formatted(key));
            case PROVISIONING, ABANDONED, QUARANTINED, PURGED -> throw unfinished(key);
          }
        });
  }

  /// What is empty stays.
  Tenant patch(
      TenantKey key, Optional<Map<String, String>> labels, Optional<LimitsRequest> limits) {
    return change(
        key,
        row -> {
          if (row.state().shown() == TenantState.DELETED) {
            throw deleted(key);
          }
          Limits now = limits.map(wanted -> wanted.over(row.limits())).orElse(row.limits());
          labels.map(Labels::check).ifPresent(row::label);
          row.limit(now);
        });
  }

  private Tenant move(TenantKey key, TenantState from, TenantState to) {
    return change(
        key,
        row -> {
          TenantState state = row.state();
          if (state == to) {
            throw new Unchanged();
          }
          if (state.shown() == TenantState.DELETED) {
            throw deleted(key);
          }
          if (state != from) {
            throw unfinished(key);
          }
          row.state(to);
        });
  }

  private Tenant change(TenantKey key, Consumer<BindingRow> change) {
    try {
      Tenant changed = tenants.update(key, change);
      arrival.arrivesSoon(changed.place().node(), changed.revision());
      return changed;
    } catch (Unchanged e) {
      return tenants.get(key);
    }
  }

  private static BurgageException unfinished(TenantKey key) {
    return new BurgageException(
        ErrorCode.CONFLICT,
        "tenant \"%s\" is still being provisioned; repeat the request when it is active"
            .formatted(key));
  }

  private static BurgageException deleted(TenantKey key) {
    return new BurgageException(
        ErrorCode.TENANT_DELETED,
        "tenant \"%s\" is deleted; POST …/undelete brings it back until its purgeAt"
            .formatted(key));
  }

  /// Leaves the row as it is: it is already as was asked.
  private static final class Unchanged extends RuntimeException {
    Unchanged() {
      super("unchanged", null, false, false);
    }
  }
}
