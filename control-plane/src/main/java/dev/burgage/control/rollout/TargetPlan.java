package dev.burgage.control.rollout;

import static dev.burgage.control.rollout.RolloutRows.json;
import static dev.burgage.control.rollout.RolloutRows.time;

import dev.burgage.control.rollout.RolloutOptions.Selection;
import dev.burgage.protocol.PoolName;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Which tenants are a rollout's targets, and in which wave: decided by one statement, however many
/// there are. The order in which waves are filled is that of a hash of the rollout's and the
/// tenant's id, so a wave is a fair sample and the same for everybody who looks.
@Component
class TargetPlan {
  // 'provisioning' is left to the end of the rollout: such a tenant may yet not come to be.
  private static final String WANTED =
      """
      wanted as (
        select b.tenant, b.schema_version, r.version is not null as reached,
               b.tenant in (select jsonb_array_elements_text(cast(:canary as jsonb))) as named
        from binding b left join jsonb_array_elements_text(cast(:reached as jsonb)) r(version)
          on r.version = b.schema_version
        where b.pool = :pool and b.state in ('active', 'suspended') and %s)
      """;

  private static final String SELECTED =
      """
      (cast(:labels as jsonb) is null or b.labels @> cast(:labels as jsonb))
      and (cast(:versions as jsonb) is null
        or b.schema_version in (select jsonb_array_elements_text(cast(:versions as jsonb))))
      and (cast(:tenants as jsonb) is null
        or b.tenant in (select jsonb_array_elements_text(cast(:tenants as jsonb))))
      """;

  private static final String COUNT =
      "with "
          + WANTED.formatted(SELECTED)
          + """
          select count(*) filter (where not reached) as behind,
                 count(*) filter (where not reached and named) as named
          from wanted
          """;

  private static final String VERSIONS =
      "with "
          + WANTED.formatted(SELECTED)
          + "select distinct schema_version from wanted where not reached";

  private static final String ADD =
      "with "
          + WANTED.formatted(SELECTED)
          + """
          insert into rollout_target (rollout, tenant, wave, state, from_version, to_version, due_at)
          select :rollout, tenant,
                 case when reached then :last
                      when named then 0
                      else cast(:first as integer) + width_bucket(
                        row_number() over (
                          partition by reached, named
                          order by md5(cast(:rollout as text) || tenant), tenant) - 1,
                        cast(:ends as bigint[]))
                 end,
                 case when reached then 'up_to_date' else 'pending' end,
                 schema_version, schema_version, :now
          from wanted
          on conflict do nothing
          """;

  private static final String ADD_LATE =
      "with "
          + WANTED.formatted(SELECTED)
          + """
          insert into rollout_target (rollout, tenant, wave, state, from_version, to_version, due_at)
          select :rollout, tenant, case when named then 0 else :last end, 'pending',
                 schema_version, schema_version, :now
          from wanted where not reached
          on conflict do nothing
          """;

  private static final String BEING_MADE =
      """
      select exists (
        select 1 from binding b
        where b.pool = :pool and b.state = 'provisioning'
          and (b.schema_version is null
            or b.schema_version not in (select jsonb_array_elements_text(cast(:reached as jsonb))))
          and %s)
      """
          .formatted(SELECTED);

  private final JdbcClient jdbc;

  TargetPlan(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// @param reached the wanted version and those after it
  /// @param canary named tenants of the first wave
  record Scope(PoolName pool, List<String> reached, Selection selection, List<String> canary) {
    Map<String, @Nullable Object> params() {
      Map<String, @Nullable Object> params = new HashMap<>();
      params.put("pool", pool.value());
      params.put("reached", json(reached));
      params.put("canary", json(canary));
      params.put("labels", orNull(selection.labels()));
      params.put("versions", orNull(selection.versions()));
      params.put("tenants", orNull(selection.tenants()));
      return params;
    }

    private static @Nullable String orNull(@Nullable Object value) {
      return value == null ? null : json(value);
    }
  }

  /// @param behind tenants that are not at the version
  /// @param named those of them that the canary names
  record Size(long behind, long named) {}

  /// Where tenants go that the canary does not name.
  ///
  /// @param first the wave that is filled first
  /// @param ends after how many tenants each wave but the last is full
  record Places(int first, List<Long> ends, int last) {
    // PostgreSQL wants one bound at least.
    private String bounds() {
      return ends.isEmpty()
          ? "{" + Long.MAX_VALUE + "}"
          : ends.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }
  }

  Size size(Scope scope) {
    return jdbc.sql(COUNT)
        .params(scope.params())
        .query((row, number) -> new Size(row.getLong("behind"), row.getLong("named")))
        .single();
  }

  /// At which versions tenants are that are behind; empty for none.
  List<Optional<String>> versionsBehind(Scope scope) {
    return jdbc.sql(VERSIONS)
        .params(scope.params())
        .query((row, number) -> Optional.ofNullable(row.getString(1)))
        .list();
  }

  /// Makes a target of each tenant; of those that have reached the version one that is done, in the
  /// last wave.
  void addAll(UUID rollout, Scope scope, Places places, Instant now) {
    jdbc.sql(ADD)
        .params(scope.params())
        .param("rollout", rollout)
        .param("first", places.first())
        .param("ends", places.bounds())
        .param("last", places.last())
        .param("now", time(now))
        .update();
  }

  /// Makes a target of each tenant that is behind and has none: in the last wave, unless the canary
  /// names it.
  ///
  /// @return how many
  int addLate(UUID rollout, Scope scope, int last, Instant now) {
    return jdbc.sql(ADD_LATE)
        .params(scope.params())
        .param("rollout", rollout)
        .param("last", last)
        .param("now", time(now))
        .update();
  }

  /// Whether some tenant that is behind is being provisioned.
  boolean isBehindBeingMade(Scope scope) {
    Map<String, @Nullable Object> params = scope.params();
    params.remove("canary");
    return jdbc.sql(BEING_MADE).params(params).query(Boolean.class).single();
  }

  /// Tenants that were made at the version while the rollout ran have no state before to go back
  /// to; they are listed with those whose state of before is not kept.
  void addAhead(RolloutRow rollout, Instant now) {
    jdbc.sql(
            """
            insert into rollout_target
              (rollout, tenant, wave, state, from_version, to_version, error, due_at)
            select :rollout, b.tenant, :last, 'not_kept', b.schema_version, b.schema_version,
                   'it was made at this version while the rollout ran', :now
            from binding b
            where b.pool = :pool and b.state in ('active', 'suspended')
              and b.schema_version = :version and b.created_at >= :since
            on conflict do nothing
            """)
        .param("rollout", rollout.id())
        .param("last", rollout.lastWave())
        .param("pool", rollout.pool().value())
        .param("version", rollout.version())
        .param(
            "since",
            time(
                rollout.times().startedAt() == null
                    ? rollout.times().createdAt()
                    : rollout.times().startedAt()))
        .param("now", time(now))
        .update();
  }
}
