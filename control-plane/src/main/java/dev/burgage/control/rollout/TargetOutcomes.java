package dev.burgage.control.rollout;

import static dev.burgage.control.rollout.RolloutRows.json;
import static dev.burgage.control.rollout.RolloutRows.time;

import dev.burgage.migrations.rollout.Durations;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.Undone.UndoOutcome;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What became of targets: each answer of a node is recorded whole, with the counters of waves and
/// what bindings and drift say of it, or not at all. Every statement may be repeated.
@Component
class TargetOutcomes {
  // A schema that is not the version's is drift, from the moment at which it is known: of every
  // tenant that a statement has in `known`. In what it differs is told by whoever looks next.
  private static final String NOTE_DRIFT =
      """
      drifted as (
        insert into schema_drift as d
          (pool, tenant, database_id, found_at, version, fingerprint, expected)
        select :pool, tenant, database, :now, version, fingerprint, expected
        from known where fingerprint <> expected
        on conflict (pool, tenant) do update
        set database_id = excluded.database_id, found_at = excluded.found_at,
            version = excluded.version, fingerprint = excluded.fingerprint,
            expected = excluded.expected, differences = null
        where (d.database_id, d.fingerprint, d.expected)
          is distinct from (excluded.database_id, excluded.fingerprint, excluded.expected)),
      mended as (
        delete from schema_drift d using known k
        where d.pool = :pool and d.tenant = k.tenant and k.fingerprint = k.expected),
      """;

  // What was said about a tenant that somebody has changed since it was asked for may no longer be
  // so: it may have been restored. Its target stays as it is.
  //
  // One statement: what a node said is either known whole, with the counters, or asked for again.
  // Also the binding of a target that was excluded meanwhile says what its database has now; that
  // of one that is being undone does not.
  //
  // The rollout is a column of the outcomes and the state part of an expression, so that targets
  // are only looked up by rollout and tenant together. The planner's statistics know nothing yet of
  // a rollout that began a second ago: it expects one target of it, or one in that state, and would
  // read all of them for each outcome.
  private static final String RECORD =
      """
      with outcome as (
        select o.*, cast(:rollout as uuid) as rollout
        from jsonb_to_recordset(cast(:outcomes as jsonb)) as o
          (tenant text, database uuid, "seenVersion" bigint, result text, "fromVersion" text,
           "toVersion" text, fingerprint text, kind text, cause text, error text,
           "durationMillis" bigint)
        join binding b on b.pool = :pool and b.tenant = o.tenant and b.database_id = o.database
          and b.version = coalesce(o."seenVersion", b.version)
        for update of b),
      recorded as (
        update rollout_target t
        set state = o.result, kind = o.kind, cause = o.cause, error = o.error,
            from_version =
              case when o.result = 'dormant' then t.from_version else o."fromVersion" end,
            to_version = case when o.result = 'dormant' then t.to_version else o."toVersion" end,
            duration_millis = o."durationMillis", attempts = t.attempts + 1
        from outcome o
        where t.rollout = o.rollout and t.tenant = o.tenant and t.state || '' = '%1$s'
        returning t.wave, t.state, t.kind, t.duration_millis,
          width_bucket(t.duration_millis, cast(:bounds as bigint[])) + 1 as bucket),
      bound as (
        update binding b
        set schema_version = o."toVersion",
            schema_fingerprint = coalesce(o.fingerprint, b.schema_fingerprint),
            version = b.version + 1, updated_at = :now
        from outcome o
        where b.pool = :pool and b.tenant = o.tenant and b.database_id = o.database
          and o.result in ('applied', 'up_to_date')
          and (b.schema_version is distinct from o."toVersion"
            or b.schema_fingerprint is distinct from coalesce(o.fingerprint, b.schema_fingerprint))
          and not exists (
            select 1 from rollout_target u
            where u.rollout = o.rollout and u.tenant = o.tenant
              and u.state in ('undoing', 'undone', 'written', 'not_kept', 'undo_failed'))),
      known as (
        select o.tenant, o.database, v.version, o.fingerprint, v.fingerprint as expected
        from outcome o join schema_version v
          on v.pool = :pool and v.version = o."toVersion" and v.format = :format
        where o.result in ('applied', 'up_to_date') and o.fingerprint is not null
          and not exists (
            select 1 from rollout_target u
            where u.rollout = o.rollout and u.tenant = o.tenant
              and u.state in ('undoing', 'undone', 'written', 'not_kept', 'undo_failed'))),
      """
          + NOTE_DRIFT
          + """
          summed as (
            select wave, count(*) as n,
              count(*) filter (where state = 'applied') as applied,
              count(*) filter (where state = 'up_to_date') as up_to_date,
              count(*) filter (where state = 'failed') as failed,
              count(*) filter (where state = 'dormant') as dormant,
              count(*) filter (where state = 'failed' and kind = 'invariant') as invariant_failures
            from recorded group by wave),
          rated as (
            insert into rollout_rate (rollout, at, done)
            select :rollout, date_bin('5 seconds', cast(:now as timestamptz), timestamptz 'epoch'), sum(n)
            from summed having sum(n) > 0
            on conflict (rollout, at) do update set done = rollout_rate.done + excluded.done)
          update rollout_wave w
          set applied = w.applied + s.applied, up_to_date = w.up_to_date + s.up_to_date,
              failed = w.failed + s.failed,
              invariant_failures = w.invariant_failures + s.invariant_failures,
              pending = w.pending - case when '%1$s' = 'pending' then s.n else 0 end,
              dormant = w.dormant + s.dormant - case when '%1$s' = 'dormant' then s.n else 0 end,
              slow = w.slow + (
                select count(*) from recorded r
                where r.wave = w.wave and r.state = 'applied'
                  and r.duration_millis > (w.gate ->> 'p95MillisMax')::bigint),
              durations = (
                select array_agg(w.durations[i] + (
                  select count(*) from recorded r
                  where r.wave = w.wave and r.state = 'applied' and r.bucket = i) order by i)
                from generate_series(1, :buckets) i)
          from summed s
          where w.rollout = :rollout and w.wave = s.wave
          """;

  private static final String RECORD_UNDONE =
      """
      with outcome as (
        select o.*, cast(:rollout as uuid) as rollout
        from jsonb_to_recordset(cast(:outcomes as jsonb)) as o
          (tenant text, database uuid, result text, version text, fingerprint text, error text)
        offset 0),
      recorded as (
        update rollout_target t
        set state = o.result, error = coalesce(o.error, case when o.result = 'not_kept' then t.error end),
            kind = null, cause = null, attempts = t.attempts + 1,
            to_version =
              case when o.result <> 'undone' then t.to_version
                   when o.fingerprint is null then t.from_version else o.version end
        from outcome o
        where t.rollout = o.rollout and t.tenant = o.tenant and t.state || '' = 'undoing'
        returning t.tenant, t.wave, t.state, t.to_version, o.database, o.fingerprint),
      bound as (
        update binding b
        set schema_version = r.to_version, schema_fingerprint = r.fingerprint,
            version = b.version + 1, updated_at = :now
        from recorded r
        where b.pool = :pool and b.tenant = r.tenant and b.database_id = r.database
          and r.state = 'undone' and b.schema_version is distinct from r.to_version),
      known as (
        select r.tenant, r.database, v.version, r.fingerprint, v.fingerprint as expected
        from recorded r join schema_version v
          on v.pool = :pool and v.version = r.to_version and v.format = :format
        where r.state = 'undone' and r.fingerprint is not null),
      """
          + NOTE_DRIFT
          + """
          summed as (
            select wave, count(*) as n,
              count(*) filter (where state = 'undone') as undone,
              count(*) filter (where state = 'written') as written,
              count(*) filter (where state = 'not_kept') as not_kept,
              count(*) filter (where state = 'undo_failed') as undo_failed
            from recorded group by wave)
          update rollout_wave w
          set undoing = w.undoing - s.n, undone = w.undone + s.undone, written = w.written + s.written,
              not_kept = w.not_kept + s.not_kept, undo_failed = w.undo_failed + s.undo_failed
          from summed s
          where w.rollout = :rollout and w.wave = s.wave
          """;

  // Bucket i counts durations above bound i - 1 and up to bound i; width_bucket's bounds are lower.
  private static final String BOUNDS =
      Durations.BOUNDS.stream()
          .map(bound -> String.valueOf(bound + 1))
          .collect(Collectors.joining(",", "{", "}"));

  private final JdbcClient jdbc;

  TargetOutcomes(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Records what a node answered. Targets that are no longer in the state stay as they are, and so
  /// do those whose tenant was changed since it was seen.
  ///
  /// @param from pending or dormant
  void record(
      UUID rollout, PoolName pool, TargetState from, List<TargetOutcome> outcomes, Instant now) {
    jdbc.sql(RECORD.formatted(from.column()))
        .param("rollout", rollout)
        .param("pool", pool.value())
        .param("outcomes", json(outcomes.stream().map(OutcomeJson::of).toList()))
        .param("bounds", BOUNDS)
        .param("buckets", Durations.BOUNDS.size() + 1)
        .param("format", Schema.FORMAT)
        .param("now", time(now))
        .update();
  }

  /// Records what a node answered to the order to undo.
  void recordUndone(UUID rollout, PoolName pool, List<TargetUndone> outcomes, Instant now) {
    jdbc.sql(RECORD_UNDONE)
        .param("rollout", rollout)
        .param("pool", pool.value())
        .param("outcomes", json(outcomes.stream().map(UndoneJson::of).toList()))
        .param("format", Schema.FORMAT)
        .param("now", time(now))
        .update();
  }

  /// What a node said about a tenant.
  ///
  /// @param seenVersion of the tenant's row before the node was asked; null if it was not
  record TargetOutcome(String tenant, @Nullable Long seenVersion, ApplyOutcome outcome) {}

  /// What a node said about a tenant that was to be undone.
  record TargetUndone(String tenant, UndoOutcome outcome) {}

  /// An outcome as [#RECORD] reads it.
  private record OutcomeJson(
      String tenant,
      DatabaseId database,
      @Nullable Long seenVersion,
      String result,
      @Nullable String fromVersion,
      @Nullable String toVersion,
      @Nullable String fingerprint,
      @Nullable String kind,
      @Nullable String cause,
      @Nullable String error,
      long durationMillis) {
    static OutcomeJson of(TargetOutcome target) {
      ApplyOutcome outcome = target.outcome();
      var failure = outcome.failure();
      return new OutcomeJson(
          target.tenant(),
          outcome.database(),
          target.seenVersion(),
          outcome.result().toString(),
          outcome.fromVersion(),
          outcome.toVersion(),
          outcome.fingerprint(),
          failure == null ? null : failure.kind().toString(),
          failure == null ? null : failure.cause(),
          failure == null ? null : failure.error(),
          outcome.durationMillis());
    }
  }

  /// An outcome as [#RECORD_UNDONE] reads it.
  private record UndoneJson(
      String tenant,
      DatabaseId database,
      String result,
      @Nullable String version,
      @Nullable String fingerprint,
      @Nullable String error) {
    static UndoneJson of(TargetUndone target) {
      UndoOutcome outcome = target.outcome();
      TargetState state =
          switch (outcome.result()) {
            case UNDONE -> TargetState.UNDONE;
            case WRITTEN -> TargetState.WRITTEN;
            case NOT_KEPT -> TargetState.NOT_KEPT;
            case FAILED -> TargetState.UNDO_FAILED;
          };
      return new UndoneJson(
          target.tenant(),
          outcome.database(),
          state.column(),
          outcome.version(),
          outcome.fingerprint(),
          outcome.error());
    }
  }
}
