package dev.burgage.control.cloudflare.transfer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.burgage.control.cloudflare.Accounts;
import dev.burgage.control.cloudflare.Body;
import dev.burgage.control.cloudflare.CloudflareException;
import dev.burgage.control.cloudflare.Envelope;
import dev.burgage.control.cloudflare.transfer.Links.Way;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.node.TransferProgress;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/// `import`: init gives a link for the upload (or begins at once if the node has the file), ingest
/// begins, poll asks. All of the file is imported or nothing.
@Hidden
@RestController
class ImportController {
  private static final Pattern MD5 = Pattern.compile("[0-9A-Za-z]{1,64}");

  private final Accounts accounts;
  private final NodeClient nodes;
  private final Links links;

  ImportController(Accounts accounts, NodeClient nodes, Links links) {
    this.accounts = accounts;
    this.nodes = nodes;
    this.links = links;
  }

  record ImportRequest(
      @Nullable String action,
      @Nullable String etag,
      @Nullable String filename,
      @JsonProperty("current_bookmark") @Nullable String currentBookmark) {
    String checkedMd5() {
      if (etag == null || !MD5.matcher(etag).matches()) {
        throw CloudflareException.invalid("etag", "must be the file's MD5 in hexadecimal");
      }
      return etag;
    }
  }

  @PostMapping("/client/v4/accounts/{account}/d1/database/{database}/import")
  ResponseEntity<byte[]> run(
      @PathVariable String account,
      @PathVariable String database,
      @RequestBody(required = false) byte @Nullable [] body,
      HttpServletRequest http) {
    Tenant tenant = accounts.database(account, database);
    ImportRequest request = Body.read(body, ImportRequest.class);
    return Envelope.of(
        switch (String.valueOf(request.action())) {
          case "init" -> init(tenant, request.checkedMd5(), http);
          case "ingest" -> ingest(tenant, request.checkedMd5());
          case "poll" -> poll(tenant, String.valueOf(request.currentBookmark()));
          default -> throw CloudflareException.invalid("action", "must be init, ingest or poll");
        });
  }

  private Map<String, Object> init(Tenant tenant, String md5, HttpServletRequest http) {
    return begin(tenant, md5)
        .orElseGet(() -> {
          var view = new LinkedHashMap<String, Object>();
          view.put("success", true);
          view.put("type", "import");
          view.put("messages", List.of());
          view.put("errors", List.of());
          view.put("filename", md5 + ".sql");
          view.put("upload_url", links.make(Way.UPLOAD, tenant, md5, http));
          return view;
        });
  }

  private Map<String, Object> ingest(Tenant tenant, String md5) {
    return begin(tenant, md5)
        .orElseThrow(() ->
            CloudflareException.invalid(
                "etag", "no upload has it; begin with the action init and upload the file"));
  }

  // Empty if the node does not have the file.
  private Optional<Map<String, Object>> begin(Tenant tenant, String md5) {
    return Polling.find(
            () -> nodes.ask(tenant.at(), "POST", "/imports/" + md5, null, TransferProgress.class))
        .map(progress -> view(tenant, progress));
  }

  private Map<String, Object> poll(Tenant tenant, String bookmark) {
    if (!Bookmarks.isOne(bookmark)) {
      return Polling.nothing("importing");
    }
    return Polling.find(() ->
            nodes.ask(tenant.at(), "GET", "/imports/" + bookmark, null, TransferProgress.class))
        .map(progress -> view(tenant, progress))
        .orElseGet(() -> Polling.nothing("importing"));
  }

  private static Map<String, Object> view(Tenant tenant, TransferProgress progress) {
    Map<String, Object> view = Polling.of("import", progress);
    if (progress.loaded() != null) {
      view.put("result", Polling.loaded(progress.loaded(), tenant.place().node().value()));
    }
    return view;
  }
}
