package dev.burgage.control.cloudflare.transfer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.burgage.control.cloudflare.Accounts;
import dev.burgage.control.cloudflare.Body;
import dev.burgage.control.cloudflare.CloudflareException;
import dev.burgage.control.cloudflare.Envelope;
import dev.burgage.control.cloudflare.transfer.Links.Way;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.node.ExportOrder;
import dev.burgage.protocol.node.TransferProgress;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/// `export`: the first call begins, those with its bookmark ask how it stands, the last answer has
/// a link to the file.
@Hidden
@RestController
class ExportController {
  private static final String SHELL = "sqlite3_cli_only";

  private final Accounts accounts;
  private final NodeClient nodes;
  private final Links links;

  ExportController(Accounts accounts, NodeClient nodes, Links links) {
    this.accounts = accounts;
    this.nodes = nodes;
    this.links = links;
  }

  record ExportRequest(
      @JsonProperty("output_format") @Nullable String outputFormat,
      @JsonProperty("dump_options") @Nullable DumpOptions dumpOptions,
      @JsonProperty("current_bookmark") @Nullable String currentBookmark) {
    ExportOrder order() {
      return dumpOptions == null
          ? new ExportOrder(false, false, List.of(), false)
          : dumpOptions.order();
    }
  }

  record DumpOptions(
      @JsonProperty("no_schema") @Nullable Boolean noSchema,
      @JsonProperty("no_data") @Nullable Boolean noData,
      @Nullable List<String> tables,
      @Nullable String compatibility) {
    ExportOrder order() {
      return new ExportOrder(
          Boolean.TRUE.equals(noSchema),
          Boolean.TRUE.equals(noData),
          tables == null ? List.of() : tables,
          SHELL.equals(compatibility));
    }
  }

  @PostMapping("/client/v4/accounts/{account}/d1/database/{database}/export")
  ResponseEntity<byte[]> run(
      @PathVariable String account,
      @PathVariable String database,
      @RequestBody(required = false) byte @Nullable [] body,
      HttpServletRequest http) {
    Tenant tenant = accounts.database(account, database);
    ExportRequest request = Body.read(body, ExportRequest.class);
    if (!"polling".equals(request.outputFormat())) {
      throw CloudflareException.invalid("output_format", "must be polling");
    }
    String bookmark = request.currentBookmark();
    return Envelope.of(
        bookmark == null || bookmark.isEmpty()
            ? view(tenant, begin(tenant, request.order()), http)
            : poll(tenant, bookmark, http));
  }

  private TransferProgress begin(Tenant tenant, ExportOrder order) {
    return nodes.ask(tenant.at(), "POST", "/exports", order, TransferProgress.class);
  }

  private Map<String, Object> poll(Tenant tenant, String bookmark, HttpServletRequest http) {
    if (!Bookmarks.isOne(bookmark)) {
      return Polling.nothing("exporting");
    }
    return Polling.find(() ->
            nodes.ask(tenant.at(), "GET", "/exports/" + bookmark, null, TransferProgress.class))
        .map(progress -> view(tenant, progress, http))
        .orElseGet(() -> Polling.nothing("exporting"));
  }

  private Map<String, Object> view(
      Tenant tenant, TransferProgress progress, HttpServletRequest http) {
    Map<String, Object> view = Polling.of("export", progress);
    if (progress.file() != null) {
      view.put(
          "result",
          Map.of(
              "filename",
              tenant.key().tenant() + ".sql",
              "signed_url",
              links.make(Way.DOWNLOAD, tenant, progress.file(), http)));
    }
    return view;
  }
}
