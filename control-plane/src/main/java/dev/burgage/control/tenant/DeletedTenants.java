package dev.burgage.control.tenant;

import java.time.Clock;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Deleted tenants that stand in the way of a new one of the same id. Thread-safe.
@Component
public class DeletedTenants {
  // The row moves to an id of its own, with its database, its purge time and the way back. What it
  // leaves behind is a tombstone with a newer version, as if it had been purged: nodes forget the
  // binding by it, and whoever read the row before loses the comparison. The id is cut so that it
  // stays a legal one; the database's id makes it unique.
  private static final String SET_ASIDE =
      """
      with aside as (
        update binding
        set tenant = left(tenant, 45) || '.deleted-' || left(database_id::text, 8),
            version = version + 1, updated_at = :now
        where pool = :pool and tenant = :tenant and state in ('deleted', 'purging')
        returning *)
      insert into binding (pool, tenant, database_id, engine, node, generation, version, state, template,
        schema_version, labels, size_bytes_max, statement_millis_max, request_sha256, created_at, updated_at)
      select pool, :tenant, gen_random_uuid(), engine, node, generation, version, 'purged', template,
        schema_version, '{}', size_bytes_max, statement_millis_max, request_sha256, created_at, :now
      from aside
      """;

  private final JdbcClient jdbc;
  private final Clock clock;

  DeletedTenants(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /// Frees the id of a deleted tenant, which can still be undeleted until it is purged, as
  /// `<id>.deleted-<the first 8 digits of its database>`. Does nothing if it is not deleted.
  public void setAside(TenantKey key) {
    jdbc.sql(SET_ASIDE)
        .param("pool", key.pool().value())
        .param("tenant", key.tenant().value())
        .param("now", clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC))
        .update();
  }
}
