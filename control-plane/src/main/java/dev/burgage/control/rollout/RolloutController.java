package dev.burgage.control.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.control.pool.Pools;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/pools/{pool}/rollouts")
@Tag(name = "Rollouts")
class RolloutController {
  private static final int PAGE_MOST = 1000;

  private final Rollouts rollouts;
  private final RolloutRepository rows;
  private final TargetRepository targets;
  private final RolloutRunning running;
  private final Pools pools;

  RolloutController(
      Rollouts rollouts,
      RolloutRepository rows,
      TargetRepository targets,
      RolloutRunning running,
      Pools pools) {
    this.rollouts = rollouts;
    this.rows = rows;
    this.targets = targets;
    this.running = running;
    this.pools = pools;
  }

  @PostMapping
  @Operation(
      summary = "Start a rollout",
      description =
          "Brings every tenant of the pool to the version, each in a transaction of its own. 409"
              + " while another rollout of the pool has not finished.")
  ResponseEntity<Rollout> start(
      @Schema(type = "string") @PathVariable PoolName pool,
      @RequestBody(required = false) @Nullable NewRollout request) {
    pools.get(pool);
    UUID id = rollouts.start(pool, request == null ? null : request.version());
    return ResponseEntity.accepted()
        .location(URI.create("/v1/pools/%s/rollouts/%s".formatted(pool, id)))
        .body(rollout(row(pool, id)));
  }

  @GetMapping
  @Operation(summary = "List a pool's rollouts, newest first, at most a hundred")
  RolloutList list(@Schema(type = "string") @PathVariable PoolName pool) {
    pools.get(pool);
    return new RolloutList(
        rows.findTop100ByPoolOrderByCreatedAtDesc(pool.value()).stream()
            .map(this::rollout)
            .toList());
  }

  @GetMapping("/{id}")
  @Operation(summary = "Get a rollout")
  Rollout get(@Schema(type = "string") @PathVariable PoolName pool, @PathVariable UUID id) {
    pools.get(pool);
    return rollout(row(pool, id));
  }

  @GetMapping("/{id}/targets")
  @Operation(summary = "List a rollout's tenants and what became of each")
  TargetList targets(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @Schema(allowableValues = {"pending", "applied", "upToDate", "failed"})
          @RequestParam(required = false)
          @Nullable String state,
      @RequestParam(defaultValue = "100") int limit,
      @Schema(description = "`next` of the page before.") @RequestParam(defaultValue = "")
          String cursor) {
    pools.get(pool);
    row(pool, id);
    if (limit < 1 || limit > PAGE_MOST) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "limit must be between 1 and %d; got %d".formatted(PAGE_MOST, limit));
    }
    List<TargetRow> found =
        state == null
            ? targets.page(id, cursor, Limit.of(limit + 1))
            : targets.page(id, TargetState.parse(state).column(), cursor, Limit.of(limit + 1));
    return TargetList.of(found, limit);
  }

  private RolloutRow row(PoolName pool, UUID id) {
    return rows.findByIdAndPool(id, pool.value())
        .orElseThrow(() ->
            new BurgageException(
                ErrorCode.NOT_FOUND,
                "pool \"%s\" has no rollout %s; GET /v1/pools/%s/rollouts lists them"
                    .formatted(pool, id, pool)));
  }

  private Rollout rollout(RolloutRow row) {
    return Rollout.of(row, targets.count(row.getId()), running.now());
  }

  @Schema(description = "A rollout to start.")
  record NewRollout(
      @Schema(description = "A registered version; the newest if left out.", example = "3")
          @Nullable String version) {}

  @Schema(description = "Rollouts, newest first.")
  record RolloutList(List<Rollout> rollouts) {}

  @Schema(description = "A page of a rollout's tenants, by id.")
  record TargetList(
      List<Target> targets,
      @JsonInclude(JsonInclude.Include.ALWAYS)
          @Schema(description = "The cursor of the next page; null on the last.")
          @Nullable String next) {
    /// @param found one more than the page holds, if there is one
    static TargetList of(List<TargetRow> found, int limit) {
      List<TargetRow> page = found.stream().limit(limit).toList();
      return new TargetList(
          page.stream().map(Target::of).toList(),
          found.size() > limit ? page.getLast().tenant() : null);
    }
  }

  @Schema(name = "RolloutTarget", description = "A tenant in a rollout.")
  record Target(
      @Schema(type = "string", example = "acme") TenantId tenant,
      @Schema(
              type = "string",
              allowableValues = {"pending", "applied", "upToDate", "failed"})
          TargetState state,
      @Nullable String fromVersion,
      @Nullable String toVersion,
      @Schema(description = "Why it failed, or why it is tried again.") @Nullable String error,
      @Nullable Long durationMillis,
      @Schema(description = "Orders to the node so far.") int attempts) {
    static Target of(TargetRow row) {
      return new Target(
          new TenantId(row.tenant()),
          row.state(),
          row.fromVersion(),
          row.toVersion(),
          row.error(),
          row.durationMillis(),
          row.attempts());
    }
  }
}
