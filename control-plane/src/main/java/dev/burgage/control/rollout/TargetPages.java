package dev.burgage.control.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.protocol.TenantId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What became of each tenant, in pages, and failures by their cause.
@Component
class TargetPages {
  private static final int CAUSES_MOST = 50;

  private final JdbcClient jdbc;

  TargetPages(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Which targets a page is of; null does not matter.
  record Filter(@Nullable TargetState state, @Nullable Integer wave, @Nullable String cause) {}

  Page page(UUID rollout, Filter filter, String cursor, int limit) {
    StringBuilder sql =
        new StringBuilder(
            "select * from rollout_target where rollout = :rollout and tenant > :after");
    if (filter.state() != null) {
      sql.append(" and state = '").append(filter.state().column()).append('\'');
    }
    if (filter.wave() != null) {
      sql.append(" and wave = :wave");
    }
    if (filter.cause() != null) {
      sql.append(" and cause = :cause");
    }
    sql.append(" order by tenant limit :limit");
    JdbcClient.StatementSpec query =
        jdbc.sql(sql.toString())
            .param("rollout", rollout)
            .param("after", cursor)
            .param("limit", limit + 1);
    if (filter.wave() != null) {
      query = query.param("wave", filter.wave());
    }
    if (filter.cause() != null) {
      query = query.param("cause", filter.cause());
    }
    List<Target> found = query.query((row, number) -> target(row)).list();
    return new Page(
        found.stream().limit(limit).toList(),
        found.size() > limit ? found.get(limit - 1).tenant().value() : null);
  }

  /// The failures, most frequent first, at most fifty kinds.
  List<Cause> causes(UUID rollout) {
    return jdbc.sql(
            """
            select coalesce(cause, '') as cause, min(kind) as kind, count(*) as targets,
                   min(tenant) as example,
                   (select error from rollout_target e
                    where e.rollout = :rollout and e.tenant = min(t.tenant)) as error
            from rollout_target t where rollout = :rollout and state = 'failed'
            group by coalesce(cause, '') order by targets desc, cause limit :limit
            """)
        .param("rollout", rollout)
        .param("limit", CAUSES_MOST)
        .query((row, number) ->
            new Cause(
                row.getString("cause"),
                row.getString("kind"),
                row.getLong("targets"),
                new TenantId(row.getString("example")),
                row.getString("error")))
        .list();
  }

  /// What most failures of a wave have in common.
  Optional<String> mostBy(UUID rollout, int wave) {
    return jdbc.sql(
            """
            select cause from rollout_target
            where rollout = :rollout and state = 'failed' and wave = :wave and cause is not null
            group by cause order by count(*) desc, cause limit 1
            """)
        .param("rollout", rollout)
        .param("wave", wave)
        .query(String.class)
        .optional();
  }

  private static Target target(ResultSet row) throws SQLException {
    return new Target(
        new TenantId(row.getString("tenant")),
        row.getInt("wave"),
        TargetState.ofColumn(row.getString("state")),
        row.getString("from_version"),
        row.getString("to_version"),
        row.getString("kind"),
        row.getString("cause"),
        row.getString("error"),
        row.getObject("duration_millis", Long.class),
        row.getInt("attempts"));
  }

  @Schema(name = "RolloutTargets", description = "A page of a rollout's tenants, by id.")
  record Page(
      List<Target> targets,
      @JsonInclude(JsonInclude.Include.ALWAYS)
          @Schema(description = "The cursor of the next page; null on the last.")
          @Nullable String next) {}

  @Schema(name = "RolloutTarget", description = "A tenant in a rollout.")
  record Target(
      @Schema(type = "string", example = "acme") TenantId tenant,
      int wave,
      @Schema(
              type = "string",
              allowableValues = {
                "pending",
                "applied",
                "upToDate",
                "failed",
                "dormant",
                "excluded",
                "undoing",
                "undone",
                "written",
                "notKept",
                "undoFailed"
              })
          TargetState state,
      @Nullable String fromVersion,
      @Nullable String toVersion,
      @Schema(
              description = "What kind of thing failed.",
              allowableValues = {"statement", "invariant", "history", "database", "node"})
          @Nullable String kind,
      @Schema(description = "The same for all that failed for the same reason.")
          @Nullable String cause,
      @Schema(description = "Why it failed, or why it is tried again.") @Nullable String error,
      @Nullable Long durationMillis,
      @Schema(description = "Orders to the node so far.") int attempts) {}

  @Schema(name = "RolloutCause", description = "What some tenants failed by.")
  record Cause(
      String cause,
      @Nullable String kind,
      @Schema(description = "How many tenants.") long targets,
      @Schema(type = "string", description = "One of them.") TenantId example,
      @Schema(description = "What was said of that one.") @Nullable String error) {}
}
