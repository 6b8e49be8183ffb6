package dev.burgage.control.history;

import dev.burgage.control.access.Caller;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.BookmarkAt;
import dev.burgage.protocol.node.DatabaseDiff;
import dev.burgage.protocol.node.RestoreOrder;
import dev.burgage.protocol.node.Restored;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/pools/{pool}/tenants/{tenant}")
@Tag(name = "History")
class HistoryController {
  private static final String MOMENT =
      "A bookmark, an RFC 3339 time, or seconds since 1970; a time stands for the last commit that"
          + " is not after it.";

  private final Tenants tenants;
  private final TenantHistory history;

  HistoryController(Tenants tenants, TenantHistory history) {
    this.tenants = tenants;
    this.history = history;
  }

  @GetMapping("/bookmark")
  @Operation(
      summary = "Name a moment of a tenant's database",
      description =
          "The bookmark of the newest commit, or of the commit that a moment stands for. 410"
              + " moment_not_kept names the nearest before it that is kept.")
  BookmarkAt bookmark(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @Parameter(description = MOMENT) @RequestParam Optional<String> at) {
    return history.bookmark(
        tenants.get(new TenantKey(pool, tenant)), at.map(HistoryController::moment).orElse(null));
  }

  @PostMapping("/restore")
  @Operation(
      summary = "Put a tenant's database back to a moment",
      description =
          "Id, URL and tokens stay. It is one commit: previousBookmark in the answer is the state"
              + " before, and a restore to it undoes this one. Statements that run longer than"
              + " about two seconds meanwhile are refused with not_ready.")
  Restored restore(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @RequestBody RestoreOrder order,
      @Parameter(hidden = true) @RequestAttribute(Caller.ATTRIBUTE) String caller) {
    return history.restore(tenants.get(new TenantKey(pool, tenant)), moment(order.to()), caller);
  }

  @GetMapping("/diff")
  @Operation(
      summary = "Compare two moments of a tenant's database",
      description = "For each table that differs, rows added, changed and removed; and the schema.")
  DatabaseDiff diff(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @Parameter(description = MOMENT) @RequestParam String from,
      @Parameter(description = "Now if it is left out.") @RequestParam Optional<String> to) {
    return history.diff(
        tenants.get(new TenantKey(pool, tenant)),
        moment(from),
        to.map(HistoryController::moment).orElse(null));
  }

  private static Moment moment(@Nullable String text) {
    try {
      return new RestoreOrder(text).moment();
    } catch (IllegalArgumentException e) {
      throw new BurgageException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }
}
