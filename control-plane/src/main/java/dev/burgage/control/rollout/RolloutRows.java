package dev.burgage.control.rollout;

import dev.burgage.migrations.lint.Finding;
import dev.burgage.migrations.rollout.Gate;
import dev.burgage.migrations.rollout.RolloutState;
import dev.burgage.migrations.rollout.WaveCounts;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.PoolName;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;

/// Tables `rollout` and `rollout_wave`. Whoever changes a rollout's state holds its row by [#lock]
/// before looking at it.
@Component
class RolloutRows {
  private static final int LISTED_MOST = 100;
  private static final String SELECT = "select * from rollout ";
  private static final TypeReference<List<Finding>> FINDINGS = new TypeReference<>() {};

  private final JdbcClient jdbc;

  RolloutRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void insert(RolloutRow row) {
    jdbc.sql(
            """
            insert into rollout
              (id, pool, version, state, plan, options, findings, moves_pool, created_at)
            values (:id, :pool, :version, 'planned', '', cast(:options as jsonb),
              cast(:findings as jsonb), :moves, :now)
            """)
        .param("id", row.id())
        .param("pool", row.pool().value())
        .param("version", row.version())
        .param("options", json(row.options()))
        .param("findings", json(row.findings()))
        .param("moves", row.movesPool())
        .param("now", time(row.times().createdAt()))
        .update();
    for (WaveRow wave : row.waves()) {
      jdbc.sql(
              """
              insert into rollout_wave (rollout, wave, gate, soak_millis)
              values (:id, :wave, cast(:gate as jsonb), :soak)
              """)
          .param("id", row.id())
          .param("wave", wave.wave())
          .param("gate", json(wave.gate()))
          .param("soak", wave.soak().toMillis())
          .update();
    }
  }

  void plan(UUID id, String plan) {
    set(id, "plan = :value", plan);
  }

  Optional<RolloutRow> find(UUID id) {
    return all(SELECT + "where id = :id", Map.of("id", id)).stream().findFirst();
  }

  Optional<RolloutRow> find(PoolName pool, UUID id) {
    return all(SELECT + "where id = :id and pool = :pool", Map.of("id", id, "pool", pool.value()))
        .stream()
        .findFirst();
  }

  /// As it is once others have let go of it; they wait until the transaction ends.
  Optional<RolloutRow> lock(UUID id) {
    return all(SELECT + "where id = :id for update", Map.of("id", id)).stream().findFirst();
  }

  /// Newest first, at most a hundred.
  List<RolloutRow> list(PoolName pool) {
    return all(
        SELECT + "where pool = :pool order by created_at desc limit " + LISTED_MOST,
        Map.of("pool", pool.value()));
  }

  /// The one that keeps others from starting.
  Optional<UUID> active(PoolName pool) {
    return jdbc.sql(
            """
            select id from rollout
            where pool = :pool and state in ('running', 'paused', 'halted', 'undoing', 'aborting')
            """)
        .param("pool", pool.value())
        .query(UUID.class)
        .optional();
  }

  long planned(PoolName pool) {
    return jdbc.sql("select count(*) from rollout where pool = :pool and state = 'planned'")
        .param("pool", pool.value())
        .query(Long.class)
        .single();
  }

  /// Whether another rollout of the pool was started after this one was planned.
  boolean isOutrun(RolloutRow row) {
    return jdbc.sql(
            """
            select exists (
              select 1 from rollout where pool = :pool and id <> :id and started_at >= :since)
            """)
        .param("pool", row.pool().value())
        .param("id", row.id())
        .param("since", time(row.times().createdAt()))
        .query(Boolean.class)
        .single();
  }

  void start(UUID id, @Nullable Instant undoUntil, Instant now) {
    jdbc.sql(
            """
            update rollout set state = 'running', started_at = :now, undo_until = :until
            where id = :id
            """)
        .param("id", id)
        .param("now", time(now))
        .param("until", undoUntil == null ? null : time(undoUntil))
        .update();
  }

  /// To another state; what it waited for is forgotten.
  void move(UUID id, RolloutState state, @Nullable String why, Instant now) {
    jdbc.sql(
            """
            update rollout
            set state = :state, why = :why, not_before = null,
                finished_at = case when :over then cast(:now as timestamptz) end
            where id = :id
            """)
        .param("id", id)
        .param("state", state.toString())
        .param("why", why)
        .param("over", state.isOver())
        .param("now", time(now))
        .update();
  }

  void poolMoved(UUID id, boolean moved, @Nullable String before) {
    set(id, "pool_version_before = :value, pool_moved = " + moved, before);
  }

  void notBefore(UUID id, Instant time) {
    set(id, "not_before = :value", time(time));
  }

  void openWave(UUID id, int wave, Instant now) {
    set(id, "open_wave = :value", wave);
    wave(id, wave, "opened_at = :value", time(now));
  }

  void endWave(UUID id, int wave, @Nullable Instant now) {
    wave(id, wave, "ended_at = cast(:value as timestamptz)", now == null ? null : time(now));
  }

  void approve(UUID id, int wave, String by) {
    wave(id, wave, "approved_by = :value", by);
  }

  void override(UUID id, int wave) {
    wave(id, wave, "overridden = :value", true);
  }

  /// Says that this control plane works at the rollout.
  ///
  /// @return the one that was at it before, and whether it has let go
  Optional<RolloutRow.Runner> take(UUID id, String runner, Instant now) {
    return jdbc.sql(
            """
            update rollout r
            set runner = :runner, runner_busy = true,
                runner_since = case when b.runner = :runner then b.runner_since else :now end
            from (select id, runner, runner_since, runner_busy from rollout where id = :id for update) b
            where r.id = b.id and b.id = :id
            returning b.runner, b.runner_since, b.runner_busy
            """)
        .param("id", id)
        .param("runner", runner)
        .param("now", time(now))
        .query((row, number) -> Optional.ofNullable(runner(row)))
        .optional()
        .flatMap(found -> found);
  }

  void letGo(UUID id) {
    set(id, "runner_busy = :value", false);
  }

  /// Takes room for tenants in the rate that the rollout keeps, if there is some now. What is taken
  /// is written down, so another control plane that goes on does not begin with a burst.
  boolean pace(UUID id, int tenants, double perSecond, Instant now) {
    return jdbc.sql(
                """
                update rollout
                set paced_until = cast(:now as timestamptz) + :millis * interval '1 millisecond'
                where id = :id and coalesce(paced_until, cast(:now as timestamptz)) <= :now
                """)
            .param("id", id)
            .param("now", time(now))
            .param("millis", Math.ceil(tenants * 1000.0 / perSecond))
            .update()
        == 1;
  }

  Optional<Instant> pacedUntil(UUID id) {
    return jdbc.sql("select paced_until from rollout where id = :id and paced_until is not null")
        .param("id", id)
        .query((row, number) -> instant(row, "paced_until"))
        .optional();
  }

  /// Tenants done in the last minute, and for how many seconds that counts.
  long doneSince(UUID id, Instant time) {
    return jdbc.sql(
            "select coalesce(sum(done), 0) from rollout_rate where rollout = :id and at >= :time")
        .param("id", id)
        .param("time", time(time))
        .query(Long.class)
        .single();
  }

  /// Counts the targets of all waves anew. For what operators do: it reads every target. Whoever
  /// calls it has changed targets before, never the other way round: that is the order in which
  /// batches lock.
  void recount(UUID id) {
    jdbc.sql("select wave from rollout_wave where rollout = :id order by wave for update")
        .param("id", id)
        .query(Integer.class)
        .list();
    jdbc.sql(RECOUNT).param("id", id).update();
  }

  private static final String RECOUNT =
      """
      update rollout_wave w
      set pending = c.pending, applied = c.applied, up_to_date = c.up_to_date, failed = c.failed,
          dormant = c.dormant, excluded = c.excluded, undoing = c.undoing, undone = c.undone,
          written = c.written, not_kept = c.not_kept, undo_failed = c.undo_failed,
          invariant_failures = c.invariant_failures, slow = c.slow,
          ended_at = case when c.pending > w.pending then null else w.ended_at end
      from (
        select o.wave,
          count(*) filter (where t.state = 'pending') as pending,
          count(*) filter (where t.state = 'applied') as applied,
          count(*) filter (where t.state = 'up_to_date') as up_to_date,
          count(*) filter (where t.state = 'failed') as failed,
          count(*) filter (where t.state = 'dormant') as dormant,
          count(*) filter (where t.state = 'excluded') as excluded,
          count(*) filter (where t.state = 'undoing') as undoing,
          count(*) filter (where t.state = 'undone') as undone,
          count(*) filter (where t.state = 'written') as written,
          count(*) filter (where t.state = 'not_kept') as not_kept,
          count(*) filter (where t.state = 'undo_failed') as undo_failed,
          count(*) filter (where t.state = 'failed' and t.kind = 'invariant') as invariant_failures,
          count(*) filter (
            where t.state = 'applied' and t.duration_millis > (o.gate ->> 'p95MillisMax')::bigint)
            as slow
        from rollout_wave o
          left join rollout_target t on t.rollout = o.rollout and t.wave = o.wave
        where o.rollout = :id
        group by o.wave) c
      where w.rollout = :id and w.wave = c.wave
      """;

  private void set(UUID id, String assignment, @Nullable Object value) {
    jdbc.sql("update rollout set " + assignment + " where id = :id")
        .param("id", id)
        .param("value", value)
        .update();
  }

  private void wave(UUID id, int wave, String assignment, @Nullable Object value) {
    jdbc.sql("update rollout_wave set " + assignment + " where rollout = :id and wave = :wave")
        .param("id", id)
        .param("wave", wave)
        .param("value", value)
        .update();
  }

  private List<RolloutRow> all(String sql, Map<String, ?> params) {
    List<RolloutRow> rows =
        jdbc.sql(sql).params(params).query((row, number) -> rollout(row)).list();
    if (rows.isEmpty()) {
      return rows;
    }
    Map<UUID, List<WaveRow>> waves = waves(rows.stream().map(RolloutRow::id).toList());
    return rows.stream().map(row -> with(row, waves.getOrDefault(row.id(), List.of()))).toList();
  }

  private Map<UUID, List<WaveRow>> waves(List<UUID> ids) {
    record Of(UUID rollout, WaveRow wave) {}
    return jdbc
        .sql("select * from rollout_wave where rollout in (:ids) order by rollout, wave")
        .param("ids", ids)
        .query((row, number) -> new Of(row.getObject("rollout", UUID.class), wave(row)))
        .list()
        .stream()
        .collect(
            Collectors.groupingBy(Of::rollout, Collectors.mapping(Of::wave, Collectors.toList())));
  }

  private static RolloutRow with(RolloutRow row, List<WaveRow> waves) {
    return new RolloutRow(
        row.id(),
        row.pool(),
        row.version(),
        row.state(),
        row.plan(),
        row.options(),
        row.findings(),
        row.openWave(),
        row.why(),
        row.movesPool(),
        row.poolMoved(),
        row.poolVersionBefore(),
        row.events(),
        row.times(),
        row.runner(),
        waves);
  }

  private static RolloutRow rollout(ResultSet row) throws SQLException {
    return new RolloutRow(
        row.getObject("id", UUID.class),
        new PoolName(row.getString("pool")),
        row.getString("version"),
        RolloutState.parse(row.getString("state")),
        row.getString("plan"),
        options(row.getString("options")),
        Json.mapper().readValue(row.getString("findings"), FINDINGS),
        row.getInt("open_wave"),
        row.getString("why"),
        row.getBoolean("moves_pool"),
        row.getBoolean("pool_moved"),
        row.getString("pool_version_before"),
        row.getLong("event_seq"),
        new RolloutRow.Times(
            instant(row, "created_at"),
            orNull(row, "started_at"),
            orNull(row, "finished_at"),
            orNull(row, "undo_until"),
            orNull(row, "paced_until"),
            orNull(row, "not_before")),
        runner(row),
        List.of());
  }

  // '{}' is what rollouts have that ran before there were options.
  private static RolloutOptions options(String json) {
    return json.equals("{}")
        ? RolloutRequest.WITHOUT_UNDO.checked()
        : Json.read(json.getBytes(StandardCharsets.UTF_8), RolloutOptions.class);
  }

  private static RolloutRow.@Nullable Runner runner(ResultSet row) throws SQLException {
    String name = row.getString("runner");
    return name == null
        ? null
        : new RolloutRow.Runner(name, orNull(row, "runner_since"), row.getBoolean("runner_busy"));
  }

  private static WaveRow wave(ResultSet row) throws SQLException {
    return new WaveRow(
        row.getInt("wave"),
        Json.read(row.getString("gate").getBytes(StandardCharsets.UTF_8), Gate.class),
        Duration.ofMillis(row.getLong("soak_millis")),
        counts(row),
        Arrays.asList((Long[]) row.getArray("durations").getArray()),
        orNull(row, "opened_at"),
        orNull(row, "ended_at"),
        row.getString("approved_by"),
        row.getBoolean("overridden"));
  }

  private static WaveCounts counts(ResultSet row) throws SQLException {
    return new WaveCounts(
        row.getLong("pending"),
        row.getLong("applied"),
        row.getLong("up_to_date"),
        row.getLong("failed"),
        row.getLong("dormant"),
        row.getLong("excluded"),
        row.getLong("undoing"),
        row.getLong("undone"),
        row.getLong("written"),
        row.getLong("not_kept"),
        row.getLong("undo_failed"),
        row.getLong("invariant_failures"),
        row.getLong("slow"));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static @Nullable Instant orNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  static String json(Object value) {
    return new String(Json.bytes(value), StandardCharsets.UTF_8);
  }
}
