package dev.burgage.control.tenant;

import dev.burgage.control.pool.MigrationSetId;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.Revision;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The two statements by which a tenant comes to be; all that happens to it later goes through
/// [BindingRow], which must read here what it would have written. Each is a transaction of its own:
/// one round trip, and the shortest time for which other changes wait for it in the feed. Each
/// compares the pool's migration set, so that nobody need read it before. See the DESIGN.md of
/// package provisioning.
@Component
class NewBindings {
  // A tombstone is taken over in place; any other row of the name stays as it is.
  private static final String PLAN =
      """
      insert into binding as b (pool, tenant, database_id, engine, node, generation, version, state,
        template, schema_version, schema_fingerprint, labels, size_bytes_max, statement_millis_max,
        request_sha256, created_at, updated_at)
      select p.name, ?, ?, ?, ?, ?, 0, 'provisioning', ?, t.version, v.fingerprint,
        cast(? as jsonb), ?, ?, ?, ?, ?
      from pool p
      cross join (select cast(? as text) as version) t
      left join schema_version v on v.pool = p.name and v.version = t.version
      where p.name = ? and p.migration_set = ?
      on conflict (pool, tenant) do update
      set database_id = excluded.database_id, engine = excluded.engine, node = excluded.node,
          generation = excluded.generation, version = b.version + 1, state = excluded.state,
          template = excluded.template, schema_version = excluded.schema_version,
          schema_fingerprint = excluded.schema_fingerprint,
          labels = excluded.labels, size_bytes_max = excluded.size_bytes_max,
          statement_millis_max = excluded.statement_millis_max,
          request_sha256 = excluded.request_sha256, created_at = excluded.created_at,
          updated_at = excluded.updated_at, deleted_at = null, purge_at = null, undelete_to = null
      where b.state = 'purged'
      returning version, revision
      """;

  private static final String ACTIVATE =
      """
      update binding
      set state = 'active', version = version + 1, updated_at = ?
      where pool = ? and tenant = ? and version = ? and state = 'provisioning'
        and exists (select 1 from pool p where p.name = ? and p.migration_set = ?)
      returning version, revision
      """;

  private final JdbcClient jdbc;

  NewBindings(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Writes a plan.
  ///
  /// @return empty if there is such a tenant, or the pool has another migration set or is gone
  Optional<Tenant> plan(TenantKey key, NewTenant fresh, MigrationSetId set, Instant now) {
    Tenant.Place place = fresh.place();
    return jdbc.sql(PLAN)
        .param(key.tenant().value())
        .param(place.database().value())
        .param(place.engine().toString())
        .param(place.node().value())
        .param(place.generation())
        .param(fresh.plan().template())
        .param(Json.mapper().writeValueAsString(fresh.labels()))
        .param(fresh.limits().sizeBytesMax())
        .param(fresh.limits().statementMillisMax())
        .param(fresh.plan().request())
        .param(time(now))
        .param(time(now))
        .param(fresh.plan().schemaVersion())
        .param(key.pool().value())
        .param(set.value())
        .query((row, number) ->
            new Tenant(
                key,
                place,
                TenantState.PROVISIONING,
                row.getLong("version"),
                fresh.plan(),
                fresh.labels(),
                fresh.limits(),
                new Tenant.Times(now, now, null, null),
                Revision.parse(row.getString("revision"))))
        .optional();
  }

  /// Makes a planned tenant active.
  ///
  /// @return empty if somebody changed it since it was seen, or the pool has another migration set
  Optional<Tenant> activate(Tenant planned, MigrationSetId set, Instant now) {
    TenantKey key = planned.key();
    return jdbc.sql(ACTIVATE)
        .param(time(now))
        .param(key.pool().value())
        .param(key.tenant().value())
        .param(planned.version())
        .param(key.pool().value())
        .param(set.value())
        .query((row, number) ->
            planned.activated(
                row.getLong("version"), Revision.parse(row.getString("revision")), now))
        .optional();
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
