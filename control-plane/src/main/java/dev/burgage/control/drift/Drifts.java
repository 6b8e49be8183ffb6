package dev.burgage.control.drift;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.DescribedSchemas.DescribedSchema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;

/// What is known of tenants' schemas. Every statement may be repeated.
@Component
class Drifts {
  private static final String TENANT =
      "b.pool, b.tenant, b.node, b.database_id, b.generation, b.size_bytes_max,"
          + " b.statement_millis_max, b.version";

  private static final String NEXT =
      """
      select %s from binding b, schema_sampler s
      where (b.pool, b.tenant) > (s.pool, s.tenant) and b.state in ('active', 'suspended')
      order by b.pool, b.tenant limit :limit
      """
          .formatted(TENANT);

  private static final String NAMED =
      """
      select %s from binding b
      where b.pool = :pool and b.tenant in (:tenants) and b.state in ('active', 'suspended')
      """
          .formatted(TENANT);

  // What was seen of a tenant that somebody has changed since, or that a rollout may be changing,
  // may no longer be so: it is looked at again another time.
  private static final String HOLD =
      """
      select 1 from binding
      where pool = :pool and tenant = :tenant and database_id = :database and version = :seen
        and not exists (
          select 1 from rollout r where r.pool = :pool and r.state in ('running', 'undoing'))
      for update
      """;

  private static final String LOOKED =
      """
      update binding
      set schema_fingerprint = :fingerprint, schema_version = :version, version = version + 1,
          updated_at = now()
      where pool = :pool and tenant = :tenant
        and (schema_fingerprint is distinct from :fingerprint
          or schema_version is distinct from :version)
      """;

  private static final String DRIFTED =
      """
      insert into schema_drift as d
        (pool, tenant, database_id, found_at, version, fingerprint, expected, differences)
      values (:pool, :tenant, :database, now(), :version, :fingerprint, :expected,
              cast(:differences as jsonb))
      on conflict (pool, tenant) do update
      set database_id = excluded.database_id, version = excluded.version,
          fingerprint = excluded.fingerprint, expected = excluded.expected,
          differences = excluded.differences,
          found_at = case when d.fingerprint = excluded.fingerprint then d.found_at
                          else excluded.found_at end
      """;

  private static final String PAGE =
      """
      select d.tenant, d.version, d.fingerprint, d.expected, d.found_at, d.differences
      from schema_drift d
      join binding b on b.pool = d.pool and b.tenant = d.tenant and b.database_id = d.database_id
      where d.pool = :pool and d.tenant > :after and b.state in ('active', 'suspended')
      order by d.tenant limit :limit
      """;

  private static final String COUNTS =
      """
      select b.schema_version, b.schema_fingerprint, v.fingerprint as expected, count(*) as tenants
      from binding b left join schema_version v on v.pool = b.pool and v.version = b.schema_version
      where b.pool = :pool and b.state in ('active', 'suspended')
      group by b.schema_version, b.schema_fingerprint, v.fingerprint
      order by count(*) desc limit 100
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  Drifts(JdbcClient jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  /// The next tenants in key order; the place is moved on behind them.
  List<SampledTenant> next(int limit) {
    return transaction.execute(status -> move(limit));
  }

  private List<SampledTenant> move(int limit) {
    List<SampledTenant> next =
        jdbc.sql(NEXT).param("limit", limit).query((row, number) -> tenant(row)).list();
    boolean atEnd = next.size() < limit;
    jdbc.sql("update schema_sampler set pool = :pool, tenant = :tenant")
        .param("pool", atEnd ? "" : next.getLast().pool().value())
        .param("tenant", atEnd ? "" : next.getLast().tenant())
        .update();
    return next;
  }

  List<SampledTenant> named(PoolName pool, List<String> tenants) {
    return jdbc.sql(NAMED)
        .param("pool", pool.value())
        .param("tenants", tenants)
        .query((row, number) -> tenant(row))
        .list();
  }

  private static SampledTenant tenant(ResultSet row) throws SQLException {
    return new SampledTenant(
        new PoolName(row.getString("pool")),
        row.getString("tenant"),
        new NodeName(row.getString("node")),
        new Target(
            new DatabaseId(row.getObject("database_id", UUID.class)),
            row.getLong("generation"),
            new Limits(row.getLong("size_bytes_max"), row.getInt("statement_millis_max"))),
        row.getLong("version"));
  }

  /// The schema is the version's.
  void recordSame(SampledTenant tenant, DescribedSchema schema) {
    record(
        tenant,
        schema,
        () ->
            jdbc.sql("delete from schema_drift where pool = :pool and tenant = :tenant")
                .param("pool", tenant.pool().value())
                .param("tenant", tenant.tenant())
                .update());
  }

  /// The schema is not the version's.
  ///
  /// @param expected the version's fingerprint, or null if the pool has no such version
  void recordDrift(
      SampledTenant tenant,
      DescribedSchema schema,
      @Nullable String expected,
      List<Difference> differences) {
    record(
        tenant,
        schema,
        () ->
            jdbc.sql(DRIFTED)
                .param("pool", tenant.pool().value())
                .param("tenant", tenant.tenant())
                .param("database", schema.database().value())
                .param("version", schema.version())
                .param("fingerprint", schema.fingerprint())
                .param("expected", expected)
                .param("differences", Json.mapper().writeValueAsString(differences))
                .update());
  }

  private void record(SampledTenant tenant, DescribedSchema schema, Runnable deed) {
    transaction.executeWithoutResult(status -> {
      if (hold(tenant)) {
        looked(tenant, schema);
        deed.run();
      }
    });
  }

  private boolean hold(SampledTenant tenant) {
    return jdbc.sql(HOLD)
        .param("pool", tenant.pool().value())
        .param("tenant", tenant.tenant())
        .param("database", tenant.target().database().value())
        .param("seen", tenant.seenVersion())
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  private void looked(SampledTenant tenant, DescribedSchema schema) {
    jdbc.sql(LOOKED)
        .param("pool", tenant.pool().value())
        .param("tenant", tenant.tenant())
        .param("fingerprint", schema.fingerprint())
        .param("version", schema.version())
        .update();
  }

  /// Forgets what was found in databases that no tenant has any more.
  void forgetGone() {
    jdbc.sql(
            """
            delete from schema_drift d where not exists (
              select 1 from binding b
              where b.pool = d.pool and b.tenant = d.tenant and b.database_id = d.database_id
                and b.state in ('active', 'suspended'))
            """)
        .update();
  }

  /// Tenants that differ, by id.
  List<DriftedTenant> page(PoolName pool, String after, int limit) {
    return jdbc.sql(PAGE)
        .param("pool", pool.value())
        .param("after", after)
        .param("limit", limit)
        .query((row, number) -> drifted(row))
        .list();
  }

  private static DriftedTenant drifted(ResultSet row) throws SQLException {
    String differences = row.getString("differences");
    return new DriftedTenant(
        row.getString("tenant"),
        row.getString("version"),
        row.getString("fingerprint"),
        row.getString("expected"),
        row.getObject("found_at", OffsetDateTime.class).toInstant(),
        differences == null
            ? null
            : Json.mapper().readValue(differences, new TypeReference<>() {}));
  }

  /// How many tenants have which schema, the largest group first.
  List<SchemaCount> counts(PoolName pool) {
    return jdbc.sql(COUNTS)
        .param("pool", pool.value())
        .query((row, number) ->
            SchemaCount.of(
                row.getString("schema_version"),
                row.getString("schema_fingerprint"),
                row.getString("expected"),
                row.getLong("tenants")))
        .list();
  }
}
