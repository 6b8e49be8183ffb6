package dev.burgage.control.rollout;

import static dev.burgage.control.rollout.RolloutRows.json;
import static dev.burgage.control.rollout.RolloutRows.time;

import dev.burgage.protocol.PoolName;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What operators do to targets. The waves are counted anew by whoever calls.
@Component
class TargetChanges {
  private static final String AMONG =
      "(cast(:tenants as jsonb) is null"
          + " or tenant in (select jsonb_array_elements_text(cast(:tenants as jsonb))))";

  // A node may have changed it: so it said, or it was asked and did not answer. After the death of
  // a control plane nobody knows whether it was asked.
  private static final String MAY_BE_CHANGED =
      """
      (state in ('applied', 'dormant')
        or state in ('pending', 'failed') and kind = 'node'
        or state = 'pending' and wave <= (select open_wave from rollout where id = :rollout)
          and exists (
            select 1 from rollout_event e where e.rollout = :rollout and e.type = 'takenOver'))
      """;

  private final JdbcClient jdbc;

  TargetChanges(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Which failed targets to try again; all that is not null must hold.
  record Failed(@Nullable String cause, @Nullable List<String> tenants) {}

  int retry(UUID rollout, Failed which, Instant now) {
    return jdbc.sql(
            """
            update rollout_target
            set state = 'pending', attempts = 0, due_at = :now
            where rollout = :rollout and state = 'failed'
              and (cast(:cause as text) is null or cause = :cause) and %s
            """
                .formatted(AMONG))
        .param("rollout", rollout)
        .param("cause", which.cause())
        .param("tenants", which.tenants() == null ? null : json(which.tenants()))
        .param("now", time(now))
        .update();
  }

  int exclude(UUID rollout, List<String> tenants) {
    return jdbc.sql(
            """
            update rollout_target set state = 'excluded'
            where rollout = :rollout and state in ('pending', 'failed', 'dormant') and %s
            """
                .formatted(AMONG))
        .param("rollout", rollout)
        .param("tenants", json(tenants))
        .update();
  }

  /// The nodes have marked the histories: what operators have made of these databases counts as the
  /// version.
  int markApplied(UUID rollout, PoolName pool, List<String> tenants, String version, Instant now) {
    return jdbc.sql(
            """
            with marked as (
              update rollout_target
              set state = 'applied', to_version = :version, error = 'marked as applied',
                  kind = null, cause = null, duration_millis = null
              where rollout = :rollout and state in ('pending', 'failed') and %s
              returning tenant),
            bound as (
              update binding b
              set schema_version = :version, version = b.version + 1, updated_at = :now
              from marked m
              where b.pool = :pool and b.tenant = m.tenant
                and b.schema_version is distinct from :version)
            select count(*) from marked
            """
                .formatted(AMONG))
        .param("rollout", rollout)
        .param("pool", pool.value())
        .param("version", version)
        .param("tenants", json(tenants))
        .param("now", time(now))
        .query(Integer.class)
        .single();
  }

  /// What the nodes may have changed is to be put back: also targets whose node did not answer.
  int undoAll(UUID rollout, Instant now) {
    return undo(rollout, "(state = 'undo_failed' or " + MAY_BE_CHANGED + ")", now);
  }

  /// What was under way when the undo was said and is recorded since. Those that could not be put
  /// back are not tried again by themselves.
  int undoRest(UUID rollout, Instant now) {
    return undo(rollout, MAY_BE_CHANGED, now);
  }

  int forgetDormant(UUID rollout, Instant now) {
    return undo(rollout, "state = 'dormant'", now);
  }

  private int undo(UUID rollout, String which, Instant now) {
    return jdbc.sql(
            "update rollout_target set state = 'undoing', attempts = 0, due_at = :now"
                + " where rollout = :rollout and "
                + which)
        .param("rollout", rollout)
        .param("now", time(now))
        .update();
  }

  void deleteAll(UUID rollout) {
    jdbc.sql("delete from rollout_target where rollout = :rollout")
        .param("rollout", rollout)
        .update();
  }
}
