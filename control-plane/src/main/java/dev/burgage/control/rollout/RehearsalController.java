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
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/pools/{pool}/rollouts/{id}/rehearsals")
@Tag(name = "Rollouts")
class RehearsalController {
  private static final int COPIES_MAX = 100;

  private final Rehearsals rehearsals;
  private final RehearsalRows rows;
  private final RolloutRows rollouts;
  private final Pools pools;

  RehearsalController(
      Rehearsals rehearsals, RehearsalRows rows, RolloutRows rollouts, Pools pools) {
    this.rehearsals = rehearsals;
    this.rows = rows;
    this.rollouts = rollouts;
    this.pools = pools;
  }

  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      summary = "Rehearse a planned rollout",
      description =
          "Applies its migrations to throw-away copies of chosen tenants, on their nodes. Nothing"
              + " touches the originals.")
  Rehearsal begin(
      @Schema(type = "string") @PathVariable PoolName pool,
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable NewRehearsal request,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String actor)
      throws InterruptedException {
    pools.get(pool);
    var wanted = request == null ? NewRehearsal.NOTHING : request;
    UUID made = rehearsals.begin(new Address(pool, id, actor), wanted.checked());
    return rows.list(id).stream().filter(each -> each.id().equals(made)).findFirst().orElseThrow();
  }

  @GetMapping
  @Operation(summary = "List a rollout's rehearsals, newest first, with every copy")
  RehearsalList list(@Schema(type = "string") @PathVariable PoolName pool, @PathVariable UUID id) {
    pools.get(pool);
    if (rollouts.find(pool, id).isEmpty()) {
      throw RolloutVerbs.unknown(pool, id);
    }
    return new RehearsalList(rows.list(id));
  }

  @Schema(
      description = "Which tenants; without any of these 1 largest, 1 oldest and 3 random ones.")
  record NewRehearsal(
      @Nullable List<String> tenants,
      @Nullable Integer largest,
      @Schema(description = "At the oldest versions.") @Nullable Integer oldest,
      @Nullable Integer random) {
    static final NewRehearsal NOTHING = new NewRehearsal(null, null, null, null);

    Rehearsals.Choice checked() {
      if (equals(NOTHING)) {
        return new Rehearsals.Choice(List.of(), 1, 1, 3);
      }
      List<String> names = tenants == null ? List.of() : tenants;
      var choice = new Rehearsals.Choice(names, orNone(largest), orNone(oldest), orNone(random));
      long copies = (long) names.size() + choice.largest() + choice.oldest() + choice.random();
      boolean negative = choice.largest() < 0 || choice.oldest() < 0 || choice.random() < 0;
      if (negative || copies < 1 || copies > COPIES_MAX) {
        throw new BurgageException(
            ErrorCode.INVALID_REQUEST,
            "a rehearsal takes 1 to %d tenants; got %d".formatted(COPIES_MAX, copies));
      }
      return choice;
    }

    private static int orNone(@Nullable Integer count) {
      return count == null ? 0 : count;
    }
  }

  @Schema(description = "Rehearsals, newest first.")
  record RehearsalList(List<Rehearsal> rehearsals) {}
}
