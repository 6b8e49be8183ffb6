package dev.burgage.control.tenant;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Limits;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.generator.EventType;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/// A row of table `binding`: a tenant and the database it has. JPA's version makes every update a
/// compare-and-set; the table's trigger gives it its revision.
@Entity
@Table(name = "binding")
class BindingRow {
  @EmbeddedId private Key key;
  private UUID databaseId;
  private String engine;
  private String node;
  private long generation;
  @Version private @Nullable Long version;
  private String state;
  private String template;
  private @Nullable String schemaVersion;

  @JdbcTypeCode(SqlTypes.JSON)
  private Map<String, String> labels;

  private long sizeBytesMax;
  private int statementMillisMax;

  @Column(name = "request_sha256")
  private String requestSha256;

  private Instant createdAt;
  private Instant updatedAt;
  private @Nullable Instant deletedAt;
  private @Nullable Instant purgeAt;
  private @Nullable String undeleteTo;

  @Generated(event = {EventType.INSERT, EventType.UPDATE})
  @Column(insertable = false, updatable = false)
  private String revision;

  /// For JPA.
  @SuppressWarnings("NullAway.Init")
  protected BindingRow() {}

  /// Another place, while it is being made.
  void place(Tenant.Place place, Tenant.Plan plan) {
    databaseId = place.database().value();
    engine = place.engine().toString();
    node = place.node().value();
    generation = place.generation();
    template = plan.template();
    schemaVersion = plan.schemaVersion();
    requestSha256 = plan.request();
  }

  TenantState state() {
    return TenantState.valueOf(state.toUpperCase(Locale.ROOT));
  }

  void state(TenantState now) {
    state = now.toString();
  }

  void delete(Instant now, Duration retention) {
    undeleteTo = state;
    state(TenantState.DELETED);
    deletedAt = now;
    purgeAt = now.plus(retention);
  }

  /// Back to what it was: a suspended tenant does not run again by having been deleted.
  void undelete() {
    state = undeleteTo == null ? TenantState.SUSPENDED.toString() : undeleteTo;
    undeleteTo = null;
    deletedAt = null;
    purgeAt = null;
  }

  void label(Map<String, String> now) {
    labels = now;
  }

  void limit(Limits now) {
    sizeBytesMax = now.sizeBytesMax();
    statementMillisMax = now.statementMillisMax();
  }

  Limits limits() {
    return new Limits(sizeBytesMax, statementMillisMax);
  }

  long version() {
    return version == null ? 0 : version;
  }

  void touched(Instant now) {
    updatedAt = now;
  }

  Tenant toTenant() {
    return new Tenant(
        key.toKey(),
        new Tenant.Place(
            new DatabaseId(databaseId), Engine.parse(engine), new NodeName(node), generation),
        state(),
        version(),
        new Tenant.Plan(template, schemaVersion, requestSha256),
        labels,
        limits(),
        new Tenant.Times(createdAt, updatedAt, deletedAt, purgeAt),
        Revision.parse(revision));
  }

  /// The primary key.
  @Embeddable
  record Key(String pool, String tenant) {
    static Key of(TenantKey key) {
      return new Key(key.pool().value(), key.tenant().value());
    }

    TenantKey toKey() {
      return new TenantKey(new PoolName(pool), new TenantId(tenant));
    }
  }
}
