package dev.burgage.control.rollout;

import static dev.burgage.control.rollout.RolloutRows.json;
import static dev.burgage.control.rollout.RolloutRows.time;

import dev.burgage.protocol.Json;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/// Table `rollout_event`: who did what to rollouts. An event is written in the transaction of what
/// it tells, under the rollout's row, so numbers come in the order of commits: whoever has read up
/// to one misses none before it.
@Component
class RolloutEvents {
  /// Who does what a gate, the clock or the end of a wave makes happen.
  static final String BURGAGE = "burgage";

  private final JdbcClient jdbc;

  RolloutEvents(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(UUID rollout, String actor, String type, Map<String, ?> detail, Instant now) {
    jdbc.sql(
            """
            with next as (
              update rollout set event_seq = event_seq + 1 where id = :rollout returning event_seq)
            insert into rollout_event (rollout, seq, at, actor, type, detail)
            select :rollout, event_seq, :now, :actor, :type, cast(:detail as jsonb) from next
            """)
        .param("rollout", rollout)
        .param("now", time(now))
        .param("actor", actor)
        .param("type", type)
        .param("detail", json(detail))
        .update();
  }

  /// The events after a number, in order.
  List<Event> after(UUID rollout, long seq, int limit) {
    return jdbc.sql(
            """
            select seq, at, actor, type, detail from rollout_event
            where rollout = :rollout and seq > :seq
            order by seq limit :limit
            """)
        .param("rollout", rollout)
        .param("seq", seq)
        .param("limit", limit)
        .query((row, number) ->
            new Event(
                row.getLong("seq"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("actor"),
                row.getString("type"),
                Json.mapper().readTree(row.getString("detail"))))
        .list();
  }

  /// What happened to a rollout.
  @Schema(name = "RolloutEvent", description = "What happened to a rollout.")
  record Event(
      long seq,
      Instant at,
      @Schema(description = "Whose token it was; \"burgage\" for what happens by itself.")
          String actor,
      @Schema(example = "halted") String type,
      JsonNode detail) {}
}
