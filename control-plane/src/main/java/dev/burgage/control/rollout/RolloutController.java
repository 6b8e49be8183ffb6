package dev.burgage.control.rollout;

import dev.burgage.control.access.Caller;
import dev.burgage.control.pool.Pools;
import dev.burgage.control.rollout.RolloutVerbs.Address;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
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
  private final RolloutVerbs verbs;
  private final RolloutRows rows;
  private final RolloutViews views;
  private final TargetPages targets;
  private final Pools pools;

  RolloutController(
      Rollouts rollouts,
      RolloutVerbs verbs,
      RolloutRows rows,
      RolloutViews views,
      TargetPages targets,
      Pools pools) {
    this.rollouts = rollouts;
    this.verbs = verbs;
    this.rows = rows;
    this.views = views;
    this.targets = targets;
    this.pools = pools;
  }

  @PostMapping
  @Operation(
      summary = "Plan a rollout",
      description =
          "Decides which tenant comes in which wave and changes nothing yet: 201 with the plan and"
              + " its id, which starting it needs. With `\"start\": true` it is started at once:"
              + " 202; or 409 while another rollout of the pool is under way, or with what lint"
              + " found, and the plan is kept.")
  ResponseEntity<Rollout> plan(
      @Schema(type = "string") @PathVariable PoolName pool,
      @RequestBody(required = false) @Nullable RolloutRequest request,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor) {
    pools.get(pool);
    RolloutRequest wanted = request == null ? RolloutRequest.ALL : request;
    if (wanted.startsAtOnce()) {
      checkFree(pool);
    }
    RolloutRow row = rollouts.plan(pool, wanted, actor);
    if (wanted.startsAtOnce()) {
      row =
          verbs.start(new Address(pool, row.id(), actor), row.plan(), /* acceptWarnings= */ false);
    }
    return ResponseEntity.status(wanted.startsAtOnce() ? 202 : 201)
        .location(URI.create("/v1/pools/%s/rollouts/%s".formatted(pool, row.id())))
        .body(views.whole(row));
  }

  // Before all targets are written, and for nothing.
  private void checkFree(PoolName pool) {
    rows.active(pool)
        .ifPresent(other -> {
          throw new BurgageException(
              ErrorCode.CONFLICT,
              "rollout %s of pool \"%s\" has not finished; wait for it".formatted(other, pool));
        });
  }

  @GetMapping
  @Operation(summary = "List a pool's rollouts, newest first, at most a hundred")
  RolloutList list(@Schema(type = "string") @PathVariable PoolName pool) {
    pools.get(pool);
    return new RolloutList(rows.list(pool).stream().map(views::brief).toList());
  }

  @GetMapping("/{id}")
  @Operation(summary = "Get a rollout")
  Rollout get(@Schema(type = "string") @PathVariable PoolName pool, @PathVariable UUID id) {
    return views.whole(row(pool, id));
  }

  @GetMapping("/{id}/targets")
  @Operation(summary = "List a rollout's tenants and what became of each")
  TargetPages.Page targets(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @Schema(example = "failed") @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable Integer wave,
      @Schema(description = "As in `causes` of the rollout.") @RequestParam(required = false)
          @Nullable String cause,
      @ParameterObject Paging paging) {
    row(pool, id);
    return targets.page(
        id,
        new TargetPages.Filter(state == null ? null : TargetState.parse(state), wave, cause),
        paging.from(),
        paging.size());
  }

  // The pool is looked for only if the rollout is not there: who follows one asks often.
  private RolloutRow row(PoolName pool, UUID id) {
    return rows.find(pool, id)
        .orElseThrow(() -> {
          pools.get(pool);
          return RolloutVerbs.unknown(pool, id);
        });
  }

  @Schema(description = "Rollouts, newest first.")
  record RolloutList(List<Rollout> rollouts) {}

  /// Which part of a list is wanted.
  record Paging(
      @Schema(defaultValue = "100") @Nullable Integer limit,
      @Schema(description = "`next` of the page before.") @Nullable String cursor) {
    int size() {
      int size = limit == null ? 100 : limit;
      if (size < 1 || size > PAGE_MOST) {
        throw new BurgageException(
            ErrorCode.INVALID_REQUEST,
            "limit must be between 1 and %d; got %d".formatted(PAGE_MOST, size));
      }
      return size;
    }

    String from() {
      return cursor == null ? "" : cursor;
    }
  }
}
