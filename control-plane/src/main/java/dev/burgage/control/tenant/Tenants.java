package dev.burgage.control.tenant;

import dev.burgage.control.binding.Changes;
import dev.burgage.control.pool.MigrationSetId;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The rows of tenants. Each change is one short transaction and a compare-and-set: whoever read an
/// older version than there is gets an empty answer, and reads again. Thread-safe.
@Component
public class Tenants {
  private static final int ATTEMPTS = 5;

  private final BindingRepository rows;
  private final NewBindings fresh;
  private final TransactionTemplate transaction;
  private final Changes changes;
  private final Clock clock;

  Tenants(
      BindingRepository rows,
      NewBindings fresh,
      TransactionTemplate transaction,
      Changes changes,
      Clock clock) {
    this.rows = rows;
    this.fresh = fresh;
    this.transaction = transaction;
    this.changes = changes;
    this.clock = clock;
  }

  /// Tombstones are no tenants.
  public Optional<Tenant> find(TenantKey key) {
    return rows.findById(BindingRow.Key.of(key))
        .map(BindingRow::toTenant)
        .filter(tenant -> tenant.state() != TenantState.PURGED);
  }

  /// The tenant that has a database.
  public Optional<Tenant> find(DatabaseId database) {
    return rows.findByDatabaseId(database.value())
        .map(BindingRow::toTenant)
        .filter(tenant -> tenant.state() != TenantState.PURGED);
  }

  /// @throws BurgageException `unknown_tenant`
  public Tenant get(TenantKey key) {
    return find(key).orElseThrow(() -> unknown(key));
  }

  /// Writes the plan for a new tenant, in the place of a tombstone if there is one.
  ///
  /// @param set the pool's migration set, of which the plan was made
  /// @return empty if there is such a tenant by now, or the pool has another set or is gone
  /// @throws BurgageException `pool_full`
  public Optional<Tenant> plan(TenantKey key, NewTenant plan, MigrationSetId set) {
    try {
      return fresh.plan(key, plan, set, now());
    } catch (DataIntegrityViolationException e) {
      return Optional.empty(); // the pool went at the same moment
    } catch (UncategorizedDataAccessException e) {
      throw PoolFull.of(key.pool(), e);
    }
  }

  /// Makes a planned tenant active, whose database is made.
  ///
  /// @param set the pool's migration set, of which the database was made
  /// @return empty if somebody changed the row since it was seen, or the pool has another set
  public Optional<Tenant> activate(Tenant planned, MigrationSetId set) {
    Optional<Tenant> active = fresh.activate(planned, set, now());
    active.ifPresent(tenant -> changes.committed(tenant.revision()));
    return active;
  }

  /// Another place for a tenant that is being made.
  public Optional<Tenant> replan(Tenant seen, Tenant.Place place, Tenant.Plan plan) {
    return change(seen, row -> row.place(place, plan));
  }

  /// Moves a tenant to another state.
  public Optional<Tenant> move(Tenant seen, TenantState state) {
    return change(seen, row -> row.state(state));
  }

  /// @return empty if somebody changed the row since it was seen
  private Optional<Tenant> change(Tenant seen, Consumer<BindingRow> change) {
    Optional<Tenant> changed = Optional.ofNullable(changed(seen, change)).map(BindingRow::toTenant);
    changed.ifPresent(tenant -> announce(seen, tenant));
    return changed;
  }

  private @Nullable BindingRow changed(Tenant seen, Consumer<BindingRow> change) {
    try {
      return transaction.execute(status ->
          rows.findByKey(BindingRow.Key.of(seen.key()))
              .filter(row -> row.version() == seen.version())
              .map(row -> apply(row, change))
              .orElse(null));
    } catch (UncategorizedDataAccessException e) {
      throw PoolFull.of(seen.key().pool(), e);
    }
  }

  /// Changes the newest row, as often as it takes.
  ///
  /// @param change may refuse by an exception
  /// @throws BurgageException `unknown_tenant`, `conflict` when others never cease to change it
  Tenant update(TenantKey key, Consumer<BindingRow> change) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Tenant> changed = change(get(key), change);
      if (changed.isPresent()) {
        return changed.get();
      }
    }
    throw new BurgageException(
        ErrorCode.CONFLICT,
        "tenant \"%s\" is being changed by others at the same time; repeat the request"
            .formatted(key));
  }

  /// Tenants in a state in which nobody changed them for a time, the longest first.
  public List<Tenant> stale(TenantState state, Duration untouched, int limit) {
    return rows.stale(state.toString(), now().minus(untouched), limit).stream()
        .map(BindingRow::toTenant)
        .toList();
  }

  /// Deleted tenants whose retention is over.
  public List<Tenant> purgeable(Instant now, int limit) {
    return rows.purgeable(now, limit).stream().map(BindingRow::toTenant).toList();
  }

  /// Deletes tombstones that are as old as this; nodes that may not have seen them get a snapshot.
  public long forgetTombstones(Duration age) {
    Long forgotten = transaction.execute(status -> rows.forgetTombstones(now().minus(age)));
    return forgotten == null ? 0 : forgotten;
  }

  private BindingRow apply(BindingRow row, Consumer<BindingRow> change) {
    change.accept(row);
    row.touched(now());
    return row;
  }

  private void announce(Tenant before, Tenant after) {
    if (!after.revision().equals(before.revision())) {
      changes.committed(after.revision());
    }
  }

  // PostgreSQL keeps microseconds: what is answered now must be what is answered later.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static BurgageException unknown(TenantKey key) {
    return new BurgageException(
        ErrorCode.UNKNOWN_TENANT,
        "pool \"%s\" has no tenant \"%s\"; POST /v1/pools/%s/tenants makes one"
            .formatted(key.pool(), key.tenant(), key.pool()));
  }
}
