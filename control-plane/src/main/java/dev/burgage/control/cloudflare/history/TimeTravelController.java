package dev.burgage.control.cloudflare.history;

import dev.burgage.control.access.Caller;
import dev.burgage.control.cloudflare.Accounts;
import dev.burgage.control.cloudflare.CloudflareException;
import dev.burgage.control.cloudflare.Envelope;
import dev.burgage.control.history.TenantHistory;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.node.Restored;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `time_travel` (older wranglers: `time-travel`): bookmark and restore.
@Hidden
@RestController
class TimeTravelController {
  private static final String DATABASE = "/client/v4/accounts/{account}/d1/database/{database}";

  private final Accounts accounts;
  private final TenantHistory history;

  TimeTravelController(Accounts accounts, TenantHistory history) {
    this.accounts = accounts;
    this.history = history;
  }

  @GetMapping({DATABASE + "/time_travel/bookmark", DATABASE + "/time-travel/bookmark"})
  ResponseEntity<byte[]> bookmark(
      @PathVariable String account,
      @PathVariable String database,
      @RequestParam(defaultValue = "") String timestamp) {
    Tenant tenant = accounts.database(account, database);
    Moment at = timestamp.isBlank() ? null : moment("timestamp", timestamp);
    return Envelope.of(Map.of("bookmark", history.bookmark(tenant, at).bookmark()));
  }

  @PostMapping({DATABASE + "/time_travel/restore", DATABASE + "/time-travel/restore"})
  ResponseEntity<byte[]> restore(
      @PathVariable String account,
      @PathVariable String database,
      @RequestParam(defaultValue = "") String bookmark,
      @RequestParam(defaultValue = "") String timestamp,
      @RequestAttribute(Caller.ATTRIBUTE) String caller) {
    Tenant tenant = accounts.database(account, database);
    if (bookmark.isBlank() == timestamp.isBlank()) {
      throw CloudflareException.invalid("bookmark", "or timestamp must be given, one of them");
    }
    Moment to = bookmark.isBlank() ? moment("timestamp", timestamp) : moment("bookmark", bookmark);
    Restored restored = history.restore(tenant, to, caller);
    return Envelope.of(
        Map.of(
            "bookmark",
            restored.bookmark(),
            "previous_bookmark",
            restored.previousBookmark(),
            "message",
            "The database is as it was at %s. To undo this, restore to the previous bookmark."
                .formatted(to)));
  }

  private static Moment moment(String name, String text) {
    try {
      return Moment.parse(text);
    } catch (IllegalArgumentException e) {
      throw CloudflareException.invalid(name, String.valueOf(e.getMessage()));
    }
  }
}
