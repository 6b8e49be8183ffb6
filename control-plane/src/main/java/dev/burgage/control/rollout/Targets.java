package dev.burgage.control.rollout;

import static dev.burgage.control.rollout.RolloutRows.json;
import static dev.burgage.control.rollout.RolloutRows.time;

import dev.burgage.control.rollout.TargetOutcomes.TargetOutcome;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The targets that are due, many at a time; what became of them is for [TargetOutcomes]. Every
/// statement may be repeated.
@Component
class Targets {
  private static final String DROP_GONE =
      """
      delete from rollout_target t
      where t.rollout = :rollout and t.state = '%s' and t.wave = :wave and not exists (
        select 1 from binding b
        where b.pool = :pool and b.tenant = t.tenant and b.state in ('active', 'suspended'))
      """;

  private static final String DUE_NODES =
      """
      select distinct b.node
      from rollout_target t join binding b on b.pool = :pool and b.tenant = t.tenant
      where t.rollout = :rollout and t.state = '%s' and t.wave = :wave and t.due_at <= :now
        and b.state in ('active', 'suspended')
      """;

  // "offset 0" keeps the planner to one way, by due targets and then the primary key. Its
  // statistics know nothing yet of targets that were written a second ago: its own choice took 50
  // times longer.
  private static final String DUE =
      """
      select t.tenant, b.database_id, b.generation, b.size_bytes_max, b.statement_millis_max, b.version
      from (
        select tenant from rollout_target
        where rollout = :rollout and state = '%s' and wave = :wave and due_at <= :now
        order by due_at, tenant offset 0) t
      cross join lateral (
        select * from binding where pool = :pool and tenant = t.tenant offset 0) b
      where b.node = :node and b.state in ('active', 'suspended')
      limit :limit
      """;

  private static final String POSTPONE =
      """
      with postponed as (
        update rollout_target t
        set attempts = t.attempts + 1, error = :error, kind = 'node', cause = :cause,
            state = case when t.attempts + 1 >= :attemptsMax then :exhausted else t.state end,
            to_version = b.schema_version,
            due_at = cast(:now as timestamptz)
              + least(:waitMost, :waitLeast * 2 ^ least(t.attempts, 30)) * interval '1 millisecond'
        from binding b
        where t.rollout = :rollout and t.state = '%s' and t.wave = :wave and t.due_at <= :now
          and b.pool = :pool and b.tenant = t.tenant and b.node = :node
        returning t.state)
      select count(*) filter (where state = :exhausted) from postponed
      """;

  private final JdbcClient jdbc;
  private final RolloutSettings settings;

  Targets(JdbcClient jdbc, RolloutSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /// The targets of a wave that are to be ordered: those in one state.
  ///
  /// @param state pending, dormant or undoing
  record Lot(UUID rollout, PoolName pool, TargetState state, int wave) {
    // Part of the text, not a parameter: the index is only of these states.
    private String in(String sql) {
      return Targets.in(sql, state);
    }
  }

  private static String in(String sql, TargetState state) {
    return sql.formatted(state.column());
  }

  /// Forgets targets whose tenant is deleted.
  ///
  /// @return how many
  int dropGone(Lot lot) {
    return bind(lot, DROP_GONE).update();
  }

  /// The nodes that have targets to be tried now.
  List<NodeName> dueNodes(Lot lot, Instant now) {
    return bind(lot, DUE_NODES)
        .param("now", time(now))
        .query((row, number) -> new NodeName(row.getString(1)))
        .list();
  }

  /// The nodes of targets that the rollout was to change and, as far as is known, has not.
  List<NodeName> nodesNotDone(RolloutRow rollout) {
    return jdbc.sql(
            """
            select distinct b.node
            from rollout_target t join binding b on b.pool = :pool and b.tenant = t.tenant
            where t.rollout = :rollout and t.wave <= :openWave
              and t.state in ('pending', 'failed', 'excluded', 'undo_failed')
            """)
        .param("rollout", rollout.id())
        .param("pool", rollout.pool().value())
        .param("openWave", rollout.openWave())
        .query((row, number) -> new NodeName(row.getString(1)))
        .list();
  }

  /// When the next of them is to be tried.
  Optional<Instant> nextDue(UUID rollout, TargetState state, int wave) {
    return jdbc.sql(
            """
            select due_at from rollout_target
            where rollout = :rollout and state = '%s' and wave = :wave
            order by due_at limit 1
            """
                .formatted(state.column()))
        .param("rollout", rollout)
        .param("wave", wave)
        .query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .optional();
  }

  /// Some of a node's.
  List<DueTarget> due(Lot lot, NodeName node, int limit, Instant now) {
    return bind(lot, DUE)
        .param("node", node.value())
        .param("now", time(now))
        .param("limit", limit)
        .query((row, number) -> target(row))
        .list();
  }

  private JdbcClient.StatementSpec bind(Lot lot, String sql) {
    return jdbc.sql(lot.in(sql))
        .param("rollout", lot.rollout())
        .param("pool", lot.pool().value())
        .param("wave", lot.wave());
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

  /// The node did not answer: all its due targets wait. Pending ones and those that are to be
  /// undone fail if they have waited often enough; dormant ones have time.
  ///
  /// @return how many failed
  long postpone(Lot lot, NodeName node, String error, Instant now) {
    boolean patient = lot.state() == TargetState.DORMANT;
    TargetState exhausted =
        lot.state() == TargetState.UNDOING ? TargetState.UNDO_FAILED : TargetState.FAILED;
    return bind(lot, POSTPONE)
        .param("node", node.value())
        .param("error", error)
        .param("cause", "node \"%s\" did not apply it".formatted(node))
        .param("exhausted", exhausted.column())
        .param("attemptsMax", patient ? Integer.MAX_VALUE : settings.attemptsMax())
        .param("waitLeast", settings.waitLeast().toMillis())
        .param("waitMost", settings.waitMost().toMillis())
        .param("now", time(now))
        .query(Long.class)
        .single();
  }

  /// The tenants that have databases of a node.
  List<TargetOutcome> ofDatabases(PoolName pool, NodeName node, List<ApplyOutcome> outcomes) {
    record Owner(UUID database, String tenant) {}
    if (outcomes.isEmpty()) {
      return List.of();
    }
    Map<UUID, String> tenants =
        jdbc
            .sql(
                """
                select database_id, tenant from binding
                where database_id in (:ids) and pool = :pool and node = :node
                """)
            .param("ids", outcomes.stream().map(outcome -> outcome.database().value()).toList())
            .param("pool", pool.value())
            .param("node", node.value())
            .query((row, number) -> new Owner(row.getObject(1, UUID.class), row.getString(2)))
            .list()
            .stream()
            .collect(Collectors.toMap(Owner::database, Owner::tenant));
    List<TargetOutcome> owned = new ArrayList<>();
    for (ApplyOutcome outcome : outcomes) {
      String tenant = tenants.get(outcome.database().value());
      if (tenant != null) {
        owned.add(new TargetOutcome(tenant, /* seenVersion= */ null, outcome));
      }
    }
    return owned;
  }

  /// Named targets that are not done, by node and database.
  Map<NodeName, Map<DatabaseId, DueTarget>> unmarked(RolloutRow rollout, List<String> tenants) {
    record On(NodeName node, DueTarget target) {}
    return jdbc
        .sql(
            """
            select t.tenant, b.database_id, b.generation, b.size_bytes_max, b.statement_millis_max,
                   b.version, b.node
            from rollout_target t join binding b on b.pool = :pool and b.tenant = t.tenant
            where t.rollout = :rollout and t.state in ('pending', 'failed')
              and t.tenant in (select jsonb_array_elements_text(cast(:tenants as jsonb)))
              and b.state in ('active', 'suspended')
            """)
        .param("rollout", rollout.id())
        .param("pool", rollout.pool().value())
        .param("tenants", json(tenants))
        .query((row, number) -> new On(new NodeName(row.getString("node")), target(row)))
        .list()
        .stream()
        .collect(
            Collectors.groupingBy(
                On::node, Collectors.toMap(on -> on.target().target().database(), On::target)));
  }

  /// In which outcomes are counted together.
  static Duration rateStep() {
    return Duration.ofSeconds(5);
  }

  static Duration rateWindow() {
    return Duration.ofMinutes(1);
  }

  /// A target to be tried now.
  ///
  /// @param seenVersion of the tenant's row
  record DueTarget(String tenant, ApplyMigrations.Target target, long seenVersion) {}
}
