package dev.burgage.control.cloudflare.history;

import dev.burgage.control.cloudflare.Accounts;
import dev.burgage.control.cloudflare.CloudflareCode;
import dev.burgage.control.cloudflare.CloudflareException;
import dev.burgage.control.cloudflare.Envelope;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.node.DatabaseFacts;
import io.swagger.v3.oas.annotations.Hidden;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `time_travel` (older wranglers: `time-travel`): bookmark and restore.
@Hidden
@RestController
class TimeTravelController {
  private static final String DATABASE = "/client/v4/accounts/{account}/d1/database/{database}";
  private static final String NONE =
      "Burgage keeps no history of commits yet: a database can be restored from a backup"
          + " (wrangler 3: d1 backup) or an export, not from a bookmark or a time";

  private final Accounts accounts;
  private final NodeClient nodes;

  TimeTravelController(Accounts accounts, NodeClient nodes) {
    this.accounts = accounts;
    this.nodes = nodes;
  }

  /// The present bookmark, which is that of every time since the newest commit.
  @GetMapping({DATABASE + "/time_travel/bookmark", DATABASE + "/time-travel/bookmark"})
  ResponseEntity<byte[]> bookmark(
      @PathVariable String account,
      @PathVariable String database,
      @RequestParam(defaultValue = "") String timestamp) {
    Tenant tenant = accounts.database(account, database);
    String bookmark = nodes.ask(tenant.at(), "GET", "", null, DatabaseFacts.class).bookmark();
    if (!timestamp.isEmpty() && parse(timestamp).getEpochSecond() < second(bookmark)) {
      throw none();
    }
    return Envelope.of(Map.of("bookmark", bookmark));
  }

  @PostMapping({DATABASE + "/time_travel/restore", DATABASE + "/time-travel/restore"})
  ResponseEntity<byte[]> restore(@PathVariable String account, @PathVariable String database) {
    accounts.database(account, database);
    throw none();
  }

  private static Instant parse(String timestamp) {
    try {
      return OffsetDateTime.parse(timestamp).toInstant();
    } catch (DateTimeParseException e) {
      throw CloudflareException.invalid(
          "timestamp", "must be like 2026-11-22T01:02:03Z; got \"%s\"".formatted(timestamp));
    }
  }

  // A bookmark's second group is the second of its commit.
  private static long second(String bookmark) {
    return HexFormat.fromHexDigitsToLong(bookmark.split("-", -1)[1]);
  }

  private static CloudflareException none() {
    return new CloudflareException(CloudflareCode.INVALID_BODY, NONE);
  }
}
