package dev.burgage.control.tenant;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.control.pool.Pools;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/pools/{pool}/tenants")
@Tag(name = "Tenants")
class TenantController {
  private static final int LIMIT_MAX = 1_000;
  private static final int OK = 200;

  private final Pools pools;
  private final Tenants tenants;
  private final TenantListing listing;
  private final Lifecycle lifecycle;
  private final TenantViews views;

  TenantController(
      Pools pools, Tenants tenants, TenantListing listing, Lifecycle lifecycle, TenantViews views) {
    this.pools = pools;
    this.tenants = tenants;
    this.listing = listing;
    this.lifecycle = lifecycle;
    this.views = views;
  }

  @GetMapping
  @Operation(
      summary = "List tenants by id",
      description = "Give `next` back as `cursor` for the page after; it is null on the last.")
  TenantPage list(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Parameter(description = "Ids that begin so.") @RequestParam Optional<String> prefix,
      @Parameter(description = "`name:value`; several must all be there.", example = "plan:gold")
          @RequestParam(defaultValue = "")
          List<String> label,
      @Parameter(description = "provisioning, active, suspended, quarantined or deleted.")
          @RequestParam
          Optional<String> state,
      @Parameter(description = "1 to 1000.") @RequestParam(defaultValue = "100") int limit,
      @RequestParam Optional<String> cursor) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw invalid("limit must be between 1 and %d; got %d".formatted(LIMIT_MAX, limit));
    }
    pools.get(pool);
    var wanted =
        new TenantListing.Wanted(
            pool,
            cursor.map(TenantController::decode).orElse(""),
            prefix.filter(text -> !text.isEmpty()),
            state.map(TenantState::parse),
            labels(label),
            limit + 1);
    List<Tenant> found = listing.list(wanted);
    boolean more = found.size() > limit;
    List<TenantView> page = found.stream().limit(limit).map(views::of).toList();
    return new TenantPage(page, more ? encode(page.getLast().id()) : null);
  }

  @GetMapping("/{tenant}")
  @Operation(summary = "Get a tenant")
  ResponseEntity<TenantView> get(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant) {
    return answer(tenants.get(new TenantKey(pool, tenant)));
  }

  @PatchMapping("/{tenant}")
  @Operation(
      summary = "Change a tenant's labels and limits",
      description = "Labels are replaced as a whole; limits that are left out stay.")
  ResponseEntity<TenantView> patch(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @RequestBody TenantPatch patch) {
    return answer(
        lifecycle.patch(
            new TenantKey(pool, tenant),
            Optional.ofNullable(patch.labels()),
            Optional.ofNullable(patch.limits())));
  }

  @PostMapping("/{tenant}/suspend")
  @Operation(summary = "Stop a tenant: its statements are refused until it is resumed")
  ResponseEntity<TenantView> suspend(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant) {
    return answer(lifecycle.suspend(new TenantKey(pool, tenant)));
  }

  @PostMapping("/{tenant}/resume")
  @Operation(summary = "Let a suspended tenant run again")
  ResponseEntity<TenantView> resume(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant) {
    return answer(lifecycle.resume(new TenantKey(pool, tenant)));
  }

  @PostMapping("/{tenant}/release")
  @Operation(
      summary = "Let a quarantined tenant run again",
      description = "Its node forgets what is held against it.")
  ResponseEntity<TenantView> release(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant) {
    return answer(lifecycle.release(new TenantKey(pool, tenant)));
  }

  @DeleteMapping("/{tenant}")
  @Operation(
      summary = "Delete a tenant",
      description = "It can be undeleted until `purgeAt`; then its files go for good.")
  ResponseEntity<TenantView> delete(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant) {
    return answer(lifecycle.delete(new TenantKey(pool, tenant)));
  }

  @PostMapping("/{tenant}/undelete")
  @Operation(summary = "Bring a deleted tenant back")
  ResponseEntity<TenantView> undelete(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant) {
    return answer(lifecycle.undelete(new TenantKey(pool, tenant)));
  }

  private ResponseEntity<TenantView> answer(Tenant tenant) {
    return views.of(tenant).answer(OK);
  }

  private static Map<String, String> labels(List<String> filters) {
    var labels = new HashMap<String, String>();
    for (String filter : filters) {
      int colon = filter.indexOf(':');
      if (colon < 1) {
        throw invalid("label must be \"name:value\"; got \"%s\"".formatted(filter));
      }
      labels.put(filter.substring(0, colon), filter.substring(colon + 1));
    }
    return labels;
  }

  // Opaque, so that nobody relies on its being an id.
  private static String encode(String id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(id.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String cursor) {
    try {
      String id = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      return new TenantId(id).value();
    } catch (IllegalArgumentException e) {
      throw invalid("cursor must be the \"next\" of an answer before");
    }
  }

  private static BurgageException invalid(String detail) {
    return new BurgageException(ErrorCode.INVALID_REQUEST, detail);
  }

  @Schema(description = "What to change; what is left out stays.")
  record TenantPatch(
      @Schema(example = "{\"plan\": \"gold\"}") @Nullable Map<String, String> labels,
      @Nullable LimitsRequest limits) {}

  @Schema(description = "Tenants by id.")
  record TenantPage(
      List<TenantView> tenants, @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String next) {}
}
