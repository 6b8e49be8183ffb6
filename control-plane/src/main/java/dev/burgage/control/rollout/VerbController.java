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
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// The verbs. Each answers 200 with the rollout as it is then, also when it has been said before;
/// 409 with what can be done instead if it makes no sense in the rollout's state.
@RestController
@RequestMapping("/v1/pools/{pool}/rollouts/{id}")
@Tag(name = "Rollouts")
class VerbController {
  private static final int NAMES_MAX = 10_000;

  private final RolloutVerbs verbs;
  private final HistoryMarks marks;
  private final RolloutViews views;
  private final Pools pools;

  VerbController(RolloutVerbs verbs, HistoryMarks marks, RolloutViews views, Pools pools) {
    this.verbs = verbs;
    this.marks = marks;
    this.views = views;
    this.pools = pools;
  }

  @PostMapping("/start")
  @Operation(
      summary = "Start a planned rollout",
      description =
          "Needs the id of its plan. 409 if that is another, if a migration of it has changed"
              + " since, if lint found errors or warnings that nobody accepts, or while another"
              + " rollout of the pool is under way.")
  Rollout start(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @RequestBody PlanName request,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor) {
    if (request.plan() == null) {
      throw invalid("\"plan\" is missing; send the \"plan\" of the rollout that you looked at");
    }
    boolean accepts = Boolean.TRUE.equals(request.acceptWarnings());
    return views.whole(verbs.start(address(pool, id, actor), request.plan(), accepts));
  }

  @PostMapping("/pause")
  @Operation(
      summary = "Pause a rollout",
      description =
          "Orders that nodes are carrying out end; no new ones are given. Dormant tenants are still"
              + " migrated by their next use.")
  Rollout pause(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor) {
    return views.whole(verbs.pause(address(pool, id, actor)));
  }

  @PostMapping("/resume")
  @Operation(
      summary = "Go on with a paused or halted rollout",
      description =
          "A gate that is broken does not stop it again: that is written down with who said so.")
  Rollout resume(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor) {
    return views.whole(verbs.resume(address(pool, id, actor)));
  }

  @PostMapping("/abort")
  @Operation(
      summary = "Give a rollout up",
      description =
          "What was applied stays, or is put back with `\"undo\": true`. Dormant tenants stay as"
              + " they are.")
  Rollout abort(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable Abort request,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor) {
    boolean undo = request != null && Boolean.TRUE.equals(request.undo());
    return views.whole(verbs.abort(address(pool, id, actor), undo));
  }

  @PostMapping("/undo")
  @Operation(
      summary = "Put back what a rollout applied",
      description =
          "Each tenant goes back to the commit before the rollout's, unless it was written to"
              + " since. 409 if that was not wanted (undoFor), or its time is over.")
  Rollout undo(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor) {
    return views.whole(verbs.abort(address(pool, id, actor), true));
  }

  @PostMapping("/retry")
  @Operation(
      summary = "Try failed tenants again",
      description =
          "All of them, those of one cause, or some. A halted or finished rollout goes on with it.")
  Rollout retry(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable Retry request,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor) {
    var which =
        request == null
            ? new TargetChanges.Failed(null, null)
            : new TargetChanges.Failed(request.cause(), request.tenants());
    return views.whole(verbs.retry(address(pool, id, actor), which));
  }

  @PostMapping("/exclude")
  @Operation(
      summary = "Leave tenants where they are",
      description =
          "They count neither for gates nor for the end. The next rollout has them again.")
  Rollout exclude(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @RequestBody Names request,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor) {
    return views.whole(verbs.exclude(address(pool, id, actor), request.checked()));
  }

  @PostMapping("/mark-applied")
  @Operation(
      summary = "Take tenants for migrated",
      description =
          "Pending and failed ones whose databases somebody has brought to the version by hand: the"
              + " migrations are written into their histories and not run.")
  Rollout markApplied(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @RequestBody Names request,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor) {
    return views.whole(marks.mark(address(pool, id, actor), request.checked()));
  }

  @PostMapping("/approve")
  @Operation(summary = "Let a rollout pass the gate of a wave that wants approval")
  Rollout approve(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @RequestBody WaveNumber request,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor) {
    if (request.wave() == null) {
      throw invalid("\"wave\" is missing; send {\"wave\": 0}");
    }
    return views.whole(verbs.approve(address(pool, id, actor), request.wave()));
  }

  private Address address(PoolName pool, UUID id, String actor) {
    pools.get(pool);
    return new Address(pool, id, actor);
  }

  private static BurgageException invalid(String detail) {
    return new BurgageException(ErrorCode.INVALID_REQUEST, detail);
  }

  @Schema(name = "StartRollout")
  record PlanName(
      @Schema(description = "`plan` of the rollout.", requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String plan,
      @Schema(description = "Start although lint warns; see `findings` of the rollout.")
          @Nullable Boolean acceptWarnings) {}

  @Schema(name = "AbortRollout")
  record Abort(@Nullable Boolean undo) {}

  @Schema(name = "RetryTargets", description = "Which failed tenants; all if nothing is said.")
  record Retry(
      @Nullable Boolean all,
      @Schema(description = "As in `causes` of the rollout.") @Nullable String cause,
      @Nullable List<String> tenants) {}

  @Schema(name = "RolloutWaveNumber")
  record WaveNumber(@Nullable Integer wave) {}

  @Schema(name = "TenantNames")
  record Names(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable List<String> tenants) {
    List<String> checked() {
      if (tenants == null || tenants.isEmpty() || tenants.size() > NAMES_MAX) {
        throw invalid("\"tenants\" must name 1 to %d tenants".formatted(NAMES_MAX));
      }
      return tenants;
    }
  }
}
