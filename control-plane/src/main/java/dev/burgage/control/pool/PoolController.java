package dev.burgage.control.pool;

import dev.burgage.control.access.Caller;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.TokenScope;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@RequestMapping("/v1/pools")
@Tag(name = "Pools")
class PoolController {
  private final Pools pools;

  PoolController(Pools pools) {
    this.pools = pools;
  }

  @PostMapping
  @Operation(
      summary = "Make a pool",
      description = "201 when it is new; the same request again answers 200.")
  ResponseEntity<Pool> create(@RequestBody NewPool request) {
    PoolName name = request.checkedName();
    Engine engine = request.engine();
    boolean isNew =
        pools.create(
            name,
            engine == null ? Engine.SQLITE : engine,
            request.checkedLimits(),
            request.checkedTenantsMax());
    Pool pool = pools.get(name);
    return isNew
        ? ResponseEntity.created(URI.create("/v1/pools/" + name)).body(pool)
        : ResponseEntity.ok(pool);
  }

  @GetMapping
  @Operation(summary = "List all pools that the token reaches")
  PoolList list(@Parameter(hidden = true) @RequestAttribute(Caller.SCOPE) TokenScope scope) {
    return new PoolList(pools.list(scope));
  }

  @GetMapping("/{pool}")
  @Operation(summary = "Get a pool")
  Pool get(@Schema(type = "string") @PathVariable PoolName pool) {
    return pools.get(pool);
  }

  @PatchMapping("/{pool}")
  @Operation(
      summary = "Change a pool's limits of SQL, or the most tenants that it may have",
      description =
          "Limits of SQL hold for all its tenants, also for databases that are open, within two"
              + " seconds. A maximum of tenants holds at once, for new ones; null lifts it.")
  Pool change(@Schema(type = "string") @PathVariable PoolName pool, @RequestBody PoolPatch patch) {
    if (patch.tenantsMax() != null) {
      pools.limitTenants(pool, TenantsMax.read(patch.tenantsMax()));
    }
    return patch.limits() == null ? pools.get(pool) : pools.limit(pool, patch.limits());
  }

  @DeleteMapping("/{pool}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      summary = "Delete an empty pool",
      description = "409 `pool_not_empty` while it has tenants.")
  void delete(@Schema(type = "string") @PathVariable PoolName pool) {
    pools.delete(pool);
  }

  @Schema(description = "A pool to make.")
  record NewPool(
      @Schema(type = "string", example = "shop", requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable PoolName name,
      @Schema(type = "string", example = "sqlite", defaultValue = "sqlite") @Nullable Engine engine,
      @Nullable SqlLimitsRequest limits,
      @Schema(
              type = "integer",
              nullable = true,
              minimum = "0",
              description = "The most tenants that it may have; none: no maximum.")
          @Nullable JsonNode tenantsMax) {
    @Nullable Integer checkedTenantsMax() {
      return tenantsMax == null ? null : TenantsMax.read(tenantsMax);
    }

    SqlLimitsRequest checkedLimits() {
      return limits == null ? new SqlLimitsRequest(null, null, null) : limits;
    }

    PoolName checkedName() {
      if (name == null) {
        throw new BurgageException(
            ErrorCode.INVALID_REQUEST, "\"name\" is missing; send {\"name\": \"shop\"}");
      }
      return name;
    }
  }

  @Schema(description = "What to change; what is left out stays.")
  record PoolPatch(
      @Nullable SqlLimitsRequest limits,
      @Schema(
              type = "integer",
              nullable = true,
              minimum = "0",
              description = "The most tenants that it may have; null: no maximum.")
          @Nullable JsonNode tenantsMax) {}

  @Schema(description = "All pools, by name.")
  record PoolList(List<Pool> pools) {}
}
