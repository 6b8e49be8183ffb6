package dev.burgage.control.cloudflare.transfer;

import dev.burgage.control.cloudflare.Accounts;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.node.NodeClient.Download;
import dev.burgage.control.tenant.Tenant;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Where links lead: the only paths under `/client/v4` that take no token. Bytes stream between the
/// caller and the node.
@Hidden
@RestController
class LinkController {
  private final Links links;
  private final Accounts accounts;
  private final NodeClient nodes;

  LinkController(Links links, Accounts accounts, NodeClient nodes) {
    this.links = links;
    this.accounts = accounts;
    this.nodes = nodes;
  }

  /// wrangler wants 200 with the MD5 as the ETag, as object stores answer.
  @PutMapping("/client/v4/uploads/{account}/{database}/{md5}")
  ResponseEntity<Void> upload(
      @PathVariable String account,
      @PathVariable String database,
      @PathVariable String md5,
      @RequestParam(defaultValue = "0") long expires,
      @RequestParam(defaultValue = "") String signature,
      HttpServletRequest request)
      throws IOException {
    links.check(request, expires, signature);
    Tenant tenant = accounts.database(account, database);
    nodes.upload(
        tenant.at(), "/imports/" + md5, request.getContentLengthLong(), request.getInputStream());
    return ResponseEntity.ok().header(HttpHeaders.ETAG, "\"" + md5 + "\"").build();
  }

  @GetMapping("/client/v4/downloads/{account}/{database}/{file}")
  void download(
      @PathVariable String account,
      @PathVariable String database,
      @PathVariable String file,
      @RequestParam(defaultValue = "0") long expires,
      @RequestParam(defaultValue = "") String signature,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    links.check(request, expires, signature);
    Tenant tenant = accounts.database(account, database);
    send(nodes.download(tenant.at(), "/files/" + file), "application/sql", response);
  }

  static void send(Download download, String type, HttpServletResponse response)
      throws IOException {
    try (InputStream content = download.content()) {
      response.setContentType(type);
      if (download.length() >= 0) {
        response.setContentLengthLong(download.length());
      }
      content.transferTo(response.getOutputStream());
    }
  }
}
