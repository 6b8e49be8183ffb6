package dev.burgage.control.rollout;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The targets of rollouts, many at a time. Every statement may be repeated.
@Component
class Targets {
  // 'provisioning' is left to the end of the rollout: such a tenant may yet not come to be.
  private static final String ADD =
      """
      insert into rollout_target (rollout, tenant, state, from_version, to_version, due_at)
      select cast(:rollout as uuid), b.tenant,
             case when r.version is null then 'pending' else 'up_to_date' end,
             b.schema_version, b.schema_version, :now
      from binding b left join jsonb_array_elements_text(cast(:reached as jsonb)) r(version)
        on r.version = b.schema_version
      where b.pool = :pool and b.state in ('active', 'suspended') and (:all or r.version is null)
      on conflict do nothing
      """;

  private static final String BEING_MADE =
      """
      select exists (
        select 1 from binding
        where pool = :pool and state = 'provisioning'
          and (schema_version is null
            or schema_version not in (select jsonb_array_elements_text(cast(:reached as jsonb)))))
      """;

  private static final String DROP_GONE =
      """
      delete from rollout_target t
      where t.rollout = cast(:rollout as uuid) and t.state = 'pending' and not exists (
        select 1 from binding b
        where b.pool = :pool and b.tenant = t.tenant and b.state in ('active', 'suspended'))
      """;

  private static final String DUE_NODES =
      """
      select distinct b.node
      from rollout_target t join binding b on b.pool = :pool and b.tenant = t.tenant
      where t.rollout = cast(:rollout as uuid) and t.state = 'pending' and t.due_at <= :now
        and b.state in ('active', 'suspended')
      """;

  // "offset 0" keeps the planner to one way, by due targets and then the primary key. Its
  // statistics
  // know nothing yet of targets that were written a second ago, and its own choice took 50 times
  // longer.
  private static final String DUE =
      """
      select t.tenant, b.database_id, b.generation, b.size_bytes_max, b.statement_millis_max, b.version
      from (
        select tenant from rollout_target
        where rollout = cast(:rollout as uuid) and state = 'pending' and due_at <= :now
        order by due_at, tenant offset 0) t
      cross join lateral (
        select * from binding where pool = :pool and tenant = t.tenant offset 0) b
      where b.node = :node and b.state in ('active', 'suspended')
      limit :limit
      """;

  // One statement: what a node said is either known whole, or asked for again. What was said about
  // a
  // tenant that somebody has changed since it was asked for may no longer be so: it may have been
  // restored. Its target stays pending.
  private static final String RECORD =
      """
      with outcome as (
        select o.* from jsonb_to_recordset(cast(:outcomes as jsonb)) as o
          (tenant text, database uuid, "seenVersion" bigint, result text, "fromVersion" text,
           "toVersion" text, error text, "durationMillis" bigint)
        join binding b on b.pool = :pool and b.tenant = o.tenant and b.database_id = o.database
          and b.version = o."seenVersion"
        for update of b),
      recorded as (
        update rollout_target t
        set state = o.result, from_version = o."fromVersion", to_version = o."toVersion",
            error = o.error, duration_millis = o."durationMillis", attempts = t.attempts + 1
        from outcome o
        where t.rollout = cast(:rollout as uuid) and t.tenant = o.tenant and t.state = 'pending')
      update binding b
      set schema_version = o."toVersion", version = b.version + 1, updated_at = :now
      from outcome o
      where b.pool = :pool and b.tenant = o.tenant
        and o.result <> 'failed' and b.schema_version is distinct from o."toVersion"
      """;

  private static final String POSTPONE =
      """
      with postponed as (
        update rollout_target t
        set attempts = t.attempts + 1, error = :error,
            state = case when t.attempts + 1 >= :attemptsMax then 'failed' else 'pending' end,
            to_version = b.schema_version,
            due_at = cast(:now as timestamptz)
              + least(:waitMost, :waitLeast * 2 ^ least(t.attempts, 30)) * interval '1 millisecond'
        from binding b
        where t.rollout = cast(:rollout as uuid) and t.state = 'pending' and t.due_at <= :now
          and b.pool = :pool and b.tenant = t.tenant and b.node = :node
        returning t.state)
      select count(*) filter (where state = 'failed') from postponed
      """;

  private final JdbcClient jdbc;
  private final RolloutSettings settings;

  Targets(JdbcClient jdbc, RolloutSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /// Makes a target of each tenant of the pool; of those that have reached the version one that is
  /// done.
  ///
  /// @param reached the wanted version and those after it
  void addAll(UUID rollout, PoolName pool, List<String> reached, Instant now) {
    add(rollout, pool, reached, now, true);
  }

  /// Makes a target of each tenant that is behind and has none.
  ///
  /// @return how many
  int addLate(UUID rollout, PoolName pool, List<String> reached, Instant now) {
    return add(rollout, pool, reached, now, false);
  }

  private int add(UUID rollout, PoolName pool, List<String> reached, Instant now, boolean all) {
    return jdbc.sql(ADD)
        .param("rollout", rollout.toString())
        .param("pool", pool.value())
        .param("reached", json(reached))
        .param("all", all)
        .param("now", time(now))
        .update();
  }

  /// Whether some tenant that is behind is being provisioned.
  boolean isBehindBeingMade(PoolName pool, List<String> reached) {
    return jdbc.sql(BEING_MADE)
        .param("pool", pool.value())
        .param("reached", json(reached))
        .query(Boolean.class)
        .single();
  }

  /// Forgets pending targets whose tenant is deleted.
  void dropGone(UUID rollout, PoolName pool) {
    jdbc.sql(DROP_GONE).param("rollout", rollout.toString()).param("pool", pool.value()).update();
  }

  /// The nodes that have targets to be tried now.
  List<NodeName> dueNodes(UUID rollout, PoolName pool, Instant now) {
    return jdbc.sql(DUE_NODES)
        .param("rollout", rollout.toString())
        .param("pool", pool.value())
        .param("now", time(now))
        .query((row, number) -> new NodeName(row.getString(1)))
        .list();
  }

  /// When the next pending target is to be tried.
  Optional<Instant> nextDue(UUID rollout) {
    return jdbc.sql(
            """
            select due_at from rollout_target
            where rollout = cast(:rollout as uuid) and state = 'pending'
            order by due_at limit 1
            """)
        .param("rollout", rollout.toString())
        .query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .optional();
  }

  /// A batch for one node.
  List<DueTarget> due(UUID rollout, PoolName pool, NodeName node, Instant now) {
    return jdbc.sql(DUE)
        .param("rollout", rollout.toString())
        .param("pool", pool.value())
        .param("node", node.value())
        .param("now", time(now))
        .param("limit", settings.batch())
        .query((row, number) -> target(row))
        .list();
  }

  private static DueTarget target(ResultSet row) throws SQLException {
    return new DueTarget(
        row.getString(1),
        new ApplyMigrations.Target(
            new DatabaseId(row.getObject(2, UUID.class)),
            row.getLong(3),
            new Limits(row.getLong(4), row.getInt(5))),
        row.getLong(6));
  }

  /// Records what a node answered. Targets that are no longer pending stay as they are, and so do
  /// those whose tenant was changed since it was seen.
  void record(UUID rollout, PoolName pool, List<TargetOutcome> outcomes, Instant now) {
    jdbc.sql(RECORD)
        .param("rollout", rollout.toString())
        .param("pool", pool.value())
        .param("outcomes", json(outcomes.stream().map(OutcomeJson::of).toList()))
        .param("now", time(now))
        .update();
  }

  /// The node did not answer: all its due targets wait, or fail if they have waited often enough.
  ///
  /// @return how many failed
  long postpone(UUID rollout, PoolName pool, NodeName node, String error, Instant now) {
    return jdbc.sql(POSTPONE)
        .param("rollout", rollout.toString())
        .param("pool", pool.value())
        .param("node", node.value())
        .param("error", error)
        .param("attemptsMax", settings.attemptsMax())
        .param("waitLeast", settings.waitLeast().toMillis())
        .param("waitMost", settings.waitMost().toMillis())
        .param("now", time(now))
        .query(Long.class)
        .single();
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static String json(Object value) {
    return new String(Json.bytes(value), StandardCharsets.UTF_8);
  }

  /// A target to be tried now.
  ///
  /// @param seenVersion of the tenant's row
  record DueTarget(String tenant, ApplyMigrations.Target target, long seenVersion) {}

  /// What a node said about a tenant.
  ///
  /// @param seenVersion of the tenant's row before the node was asked
  record TargetOutcome(String tenant, long seenVersion, ApplyOutcome outcome) {}

  /// An outcome as [#RECORD] reads it.
  private record OutcomeJson(
      String tenant,
      DatabaseId database,
      long seenVersion,
      String result,
      @Nullable String fromVersion,
      @Nullable String toVersion,
      @Nullable String error,
      long durationMillis) {
    static OutcomeJson of(TargetOutcome target) {
      ApplyOutcome outcome = target.outcome();
      return new OutcomeJson(
          target.tenant(),
          outcome.database(),
          target.seenVersion(),
          outcome.result().toString(),
          outcome.fromVersion(),
          outcome.toVersion(),
          outcome.failure() == null ? null : outcome.failure().error(),
          outcome.durationMillis());
    }
  }
}
