package dev.burgage.control.rollout;

import static dev.burgage.control.rollout.RolloutRows.json;
import static dev.burgage.control.rollout.RolloutRows.time;

import dev.burgage.control.node.TenantAt;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.Rehearsed.OnCopy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Tables `rehearsal` and `rehearsal_copy`.
@Component
class RehearsalRows {
  private static final String CANDIDATES =
      """
      from rollout_target t join binding b on b.pool = :pool and b.tenant = t.tenant
      where t.rollout = :rollout and t.state = 'pending' and b.state in ('active', 'suspended')
      """;

  private final JdbcClient jdbc;

  RehearsalRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Of a rollout's tenants some at random, and where they are.
  List<TenantAt> sample(RolloutRow rollout, int limit) {
    return candidates(
            rollout, "select t.tenant, b.node, b.revision ", "order by random() limit ", limit)
        .query((row, number) ->
            new TenantAt(
                new NodeName(row.getString("node")),
                rollout.pool(),
                new TenantId(row.getString("tenant")),
                Revision.parse(row.getString("revision"))))
        .list();
  }

  /// Those at the oldest versions.
  List<String> oldest(RolloutRow rollout, int limit) {
    return candidates(
            rollout,
            "select t.tenant ",
            """
            order by string_to_array(coalesce(t.from_version, '0'), '.')::numeric[], b.created_at
            limit \
            """,
            limit)
        .query((row, number) -> row.getString(1))
        .list();
  }

  /// The named ones that are among the rollout's.
  List<String> named(RolloutRow rollout, List<String> tenants) {
    return candidates(
            rollout,
            "select t.tenant ",
            "and t.tenant in (select jsonb_array_elements_text(cast(:tenants as jsonb))) limit ",
            tenants.size())
        .param("tenants", json(tenants))
        .query((row, number) -> row.getString(1))
        .list();
  }

  private JdbcClient.StatementSpec candidates(
      RolloutRow rollout, String select, String order, int limit) {
    return jdbc.sql(select + CANDIDATES + order + limit)
        .param("pool", rollout.pool().value())
        .param("rollout", rollout.id());
  }

  /// @param chosen by tenant: why it was chosen
  void insert(UUID id, UUID rollout, int sampled, Map<String, String> chosen, Instant now) {
    jdbc.sql(
            """
            insert into rehearsal (id, rollout, state, sampled, created_at)
            values (:id, :rollout, 'running', :sampled, :now)
            """)
        .param("id", id)
        .param("rollout", rollout)
        .param("sampled", sampled)
        .param("now", time(now))
        .update();
    jdbc.sql(
            """
            insert into rehearsal_copy (rehearsal, tenant, chosen, state)
            select :id, key, value, 'pending' from jsonb_each_text(cast(:chosen as jsonb))
            """)
        .param("id", id)
        .param("chosen", json(chosen))
        .update();
  }

  /// The rollout of one that is not finished.
  Optional<UUID> rolloutOf(UUID id) {
    return jdbc.sql("select rollout from rehearsal where id = :id and state = 'running'")
        .param("id", id)
        .query(UUID.class)
        .optional();
  }

  /// What is still to be copied.
  List<Due> due(UUID id, PoolName pool, int limit) {
    return jdbc.sql(
            """
            select b.node, c.tenant, b.database_id, b.generation, b.size_bytes_max,
                   b.statement_millis_max
            from rehearsal_copy c join binding b on b.pool = :pool and b.tenant = c.tenant
            where c.rehearsal = :id and c.state = 'pending' and b.state in ('active', 'suspended')
            order by b.node, c.attempts, c.tenant limit :limit
            """)
        .param("id", id)
        .param("pool", pool.value())
        .param("limit", limit)
        .query((row, number) ->
            new Due(
                new NodeName(row.getString(1)),
                row.getString(2),
                new ApplyMigrations.Target(
                    new DatabaseId(row.getObject(3, UUID.class)),
                    row.getLong(4),
                    new Limits(row.getLong(5), row.getInt(6)))))
        .list();
  }

  void record(UUID id, String tenant, OnCopy copy) {
    var outcome = copy.outcome();
    var failure = outcome.failure();
    jdbc.sql(
            """
            update rehearsal_copy
            set state = :state, from_version = :from, to_version = :to, kind = :kind,
                cause = :cause, error = :error, duration_millis = :duration, copy_millis = :copy,
                size_bytes_before = :before, size_bytes_after = :after, rows_changed = :rows
            where rehearsal = :id and tenant = :tenant and state = 'pending'
            """)
        .param("id", id)
        .param("tenant", tenant)
        .param("state", outcome.result().toString())
        .param("from", outcome.fromVersion())
        .param("to", outcome.toVersion())
        .param("kind", failure == null ? null : failure.kind().toString())
        .param("cause", failure == null ? null : failure.cause())
        .param("error", failure == null ? null : failure.error())
        .param("duration", outcome.durationMillis())
        .param("copy", copy.copyMillis())
        .param("before", copy.sizeBytesBefore())
        .param("after", copy.sizeBytesAfter())
        .param("rows", copy.rowsChanged())
        .update();
  }

  /// The node did not answer; those that were asked for often enough fail.
  void postpone(UUID id, List<String> tenants, String error, int attemptsMax) {
    jdbc.sql(
            """
            update rehearsal_copy
            set attempts = attempts + 1, error = :error, kind = 'node',
                state = case when attempts + 1 >= :most then 'failed' else state end
            where rehearsal = :id and state = 'pending' and tenant in (:tenants)
            """)
        .param("id", id)
        .param("tenants", tenants)
        .param("error", error)
        .param("most", attemptsMax)
        .update();
  }

  /// What is left has no tenant any more.
  void finish(UUID id, Instant now) {
    jdbc.sql("delete from rehearsal_copy where rehearsal = :id and state = 'pending'")
        .param("id", id)
        .update();
    jdbc.sql("update rehearsal set state = 'finished', finished_at = :now where id = :id")
        .param("id", id)
        .param("now", time(now))
        .update();
  }

  /// Newest first.
  List<Rehearsal> list(UUID rollout) {
    return jdbc.sql("select * from rehearsal where rollout = :rollout order by created_at desc")
        .param("rollout", rollout)
        .query((row, number) -> rehearsal(row, copies(row.getObject("id", UUID.class))))
        .list();
  }

  private List<Rehearsal.Copy> copies(UUID rehearsal) {
    return jdbc.sql("select * from rehearsal_copy where rehearsal = :id order by tenant")
        .param("id", rehearsal)
        .query((row, number) -> copy(row))
        .list();
  }

  private static Rehearsal rehearsal(ResultSet row, List<Rehearsal.Copy> copies)
      throws SQLException {
    boolean finished = row.getString("state").equals("finished");
    @Nullable OffsetDateTime end = row.getObject("finished_at", OffsetDateTime.class);
    return new Rehearsal(
        row.getObject("id", UUID.class),
        row.getString("state"),
        finished ? copies.stream().noneMatch(c -> c.state() == TargetState.FAILED) : null,
        row.getLong("sampled"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        end == null ? null : end.toInstant(),
        copies);
  }

  private static Rehearsal.Copy copy(ResultSet row) throws SQLException {
    return new Rehearsal.Copy(
        new TenantId(row.getString("tenant")),
        row.getString("chosen"),
        TargetState.ofColumn(row.getString("state")),
        row.getString("from_version"),
        row.getString("to_version"),
        row.getString("kind"),
        row.getString("cause"),
        row.getString("error"),
        row.getObject("duration_millis", Long.class),
        row.getObject("copy_millis", Long.class),
        row.getObject("size_bytes_before", Long.class),
        row.getObject("size_bytes_after", Long.class),
        row.getObject("rows_changed", Long.class));
  }

  /// A tenant that is to be copied.
  record Due(NodeName node, String tenant, ApplyMigrations.Target target) {}
}
