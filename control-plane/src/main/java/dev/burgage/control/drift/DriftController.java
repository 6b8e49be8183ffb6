package dev.burgage.control.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.control.pool.Pools;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/pools/{pool}/drift")
@Tag(name = "Drift")
class DriftController {
  private static final int PAGE_MOST = 1000;
  private static final int CHECKED_AT_ONCE_MOST = 500;

  private final Drifts drifts;
  private final SchemaCheck check;
  private final Pools pools;

  DriftController(Drifts drifts, SchemaCheck check, Pools pools) {
    this.drifts = drifts;
    this.check = check;
    this.pools = pools;
  }

  @GetMapping
  @Operation(
      summary = "Which tenants' schemas are not those of their versions, and in what they differ",
      description =
          "Answered from the metadata: no database is opened. Tenants are looked at by and by, and"
              + " whenever they are migrated.")
  DriftReport report(
      @Schema(type = "string") @PathVariable PoolName pool,
      @RequestParam(defaultValue = "100") int limit,
      @Schema(description = "`next` of the page before.") @RequestParam(defaultValue = "")
          String cursor) {
    pools.get(pool);
    check(limit, PAGE_MOST, "limit");
    List<DriftedTenant> found = drifts.page(pool, cursor, limit + 1);
    List<DriftedTenant> page = found.stream().limit(limit).toList();
    return new DriftReport(
        drifts.counts(pool), page, found.size() > limit ? page.getLast().tenant() : null);
  }

  @PostMapping("/checks")
  @Operation(summary = "Look at the schemas of some tenants now", description = "At most 500.")
  Checked checkNow(
      @Schema(type = "string") @PathVariable PoolName pool, @RequestBody Check request) {
    pools.get(pool);
    List<String> tenants = request.tenants() == null ? List.of() : request.tenants();
    check(tenants.size(), CHECKED_AT_ONCE_MOST, "the number of \"tenants\"");
    return new Checked(check.check(drifts.named(pool, tenants)));
  }

  private static void check(int value, int most, String what) {
    if (value < 1 || value > most) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "%s must be between 1 and %d; got %d".formatted(what, most, value));
    }
  }

  @Schema(description = "What is known of the schemas of a pool's tenants.")
  record DriftReport(
      @Schema(description = "How many tenants have which schema; the hundred largest groups.")
          List<SchemaCount> schemas,
      @Schema(description = "A page of those that differ, by id.") List<DriftedTenant> drifted,
      @JsonInclude(JsonInclude.Include.ALWAYS)
          @Schema(description = "The cursor of the next page; null on the last.")
          @Nullable String next) {}

  @Schema(name = "SchemaCheck", description = "Whom to look at.")
  record Check(@Nullable List<String> tenants) {}

  @Schema(name = "SchemaChecked", description = "How many databases answered.")
  record Checked(int checked) {}
}
