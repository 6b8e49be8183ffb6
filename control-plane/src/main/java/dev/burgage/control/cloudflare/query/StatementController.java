package dev.burgage.control.cloudflare.query;

import dev.burgage.control.access.PresentedToken;
import dev.burgage.control.cloudflare.Accounts;
import dev.burgage.control.cloudflare.EnvelopeForm;
import dev.burgage.control.query.NodeQueries;
import dev.burgage.protocol.error.BurgageException;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `query` (rows as objects) and `raw` (rows as arrays). The node's array of results is put into
/// the envelope as it is. A failure that may have had an effect forbids the SDK, which repeats
/// requests by itself, to repeat this one.
@Hidden
@RestController
@RequestMapping("/client/v4/accounts/{account}/d1/database/{database}")
class StatementController {
  private static final byte[] HEAD = bytes("{\"result\":");
  private static final byte[] TAIL = bytes(",\"success\":true,\"errors\":[],\"messages\":[]}");

  private final Accounts accounts;
  private final NodeQueries queries;
  private final EnvelopeForm form;

  StatementController(Accounts accounts, NodeQueries queries, EnvelopeForm form) {
    this.accounts = accounts;
    this.queries = queries;
    this.form = form;
  }

  @PostMapping("/query")
  ResponseEntity<byte[]> query(
      @PathVariable String account,
      @PathVariable String database,
      @RequestBody(required = false) byte @Nullable [] body,
      HttpServletRequest request) {
    return run(account, database, "ARRAY_OF_OBJECTS", body, request);
  }

  @PostMapping("/raw")
  ResponseEntity<byte[]> raw(
      @PathVariable String account,
      @PathVariable String database,
      @RequestBody(required = false) byte @Nullable [] body,
      HttpServletRequest request) {
    return run(account, database, "ROWS_AND_COLUMNS", body, request);
  }

  private ResponseEntity<byte[]> run(
      String account,
      String database,
      String format,
      byte @Nullable [] body,
      HttpServletRequest request) {
    var tenant = accounts.database(account, database);
    String token = PresentedToken.of(request).orElse("");
    try {
      byte[] results = queries.each(tenant, format, body == null ? new byte[0] : body, token);
      return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(wrapped(results));
    } catch (BurgageException e) {
      ResponseEntity<byte[]> refusal = form.refusal(e.code(), e.detail(), request.getServletPath());
      return ResponseEntity.status(refusal.getStatusCode())
          .headers(refusal.getHeaders())
          .header("x-should-retry", Boolean.toString(e.code().retryable()))
          .body(refusal.getBody());
    }
  }

  private static byte[] wrapped(byte[] results) {
    var envelope = new ByteArrayOutputStream(HEAD.length + results.length + TAIL.length);
    envelope.writeBytes(HEAD);
    envelope.writeBytes(results);
    envelope.writeBytes(TAIL);
    return envelope.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
