package dev.burgage.control.cloudflare;

import dev.burgage.control.cloudflare.Envelope.Message;
import dev.burgage.control.web.RefusalForm;
import dev.burgage.protocol.error.ErrorCode;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/// Refusals under `/client/v4` as envelopes: our codes in Cloudflare's numbers. Where a status is
/// Cloudflare's to choose, it is theirs; what they have no number for keeps our status with 7500.
@Component
public class EnvelopeForm implements RefusalForm {
  private static final int TOO_LARGE = 413;
  private static final int FORBIDDEN = 403;
  private static final int METHOD_NOT_ALLOWED = 405;

  @Override
  public boolean covers(String path) {
    return path.equals("/client/v4") || path.startsWith("/client/v4/");
  }

  @Override
  public ResponseEntity<byte[]> refusal(ErrorCode code, String detail, String path) {
    ResponseEntity<byte[]> envelope = envelope(code, detail, path);
    if (code.retryable()) {
      return ResponseEntity.status(envelope.getStatusCode())
          .headers(envelope.getHeaders())
          .header("Retry-After", "1")
          .body(envelope.getBody());
    }
    return envelope;
  }

  private static ResponseEntity<byte[]> envelope(ErrorCode code, String detail, String path) {
    return switch (code) {
      case UNAUTHORIZED -> refusal(CloudflareCode.NOT_AUTHENTICATED, "Authentication error");
      case FORBIDDEN ->
          refusal(FORBIDDEN, CloudflareCode.NOT_AUTHENTICATED, "Authentication error");
      case NOT_FOUND ->
          refusal(
              CloudflareCode.NO_OBJECT,
              "Could not route to %s, perhaps your object identifier is invalid?".formatted(path));
      case METHOD_NOT_ALLOWED ->
          refusal(METHOD_NOT_ALLOWED, CloudflareCode.NO_ROUTE, "No route for that URI");
      case UNKNOWN_POOL -> refusal(CloudflareCode.UNKNOWN_ACCOUNT, Accounts.UNKNOWN);
      case UNKNOWN_TENANT, TENANT_DELETED -> refusal(CloudflareCode.UNKNOWN_DATABASE, detail);
      // What D1 answers to a write by somebody who may read (seen in workers-sdk #15467, #15774).
      case READ_ONLY ->
          refusal(FORBIDDEN, CloudflareCode.UNKNOWN_ACCOUNT, Accounts.UNKNOWN + ": " + detail);
      case POOL_FULL -> refusal(CloudflareCode.TOO_MANY_DATABASES, detail);
      case TENANT_SUSPENDED -> refusal(CloudflareCode.UNKNOWN_ACCOUNT, detail);
      // Not our statuses: Cloudflare's SDK sends a request again after a 409.
      case MOMENT_NOT_KEPT,
          MOMENT_UNKNOWN,
          MOMENT_BEFORE_CREATION,
          FOREIGN_BOOKMARK,
          INVALID_REQUEST,
          INVALID_NAME,
          UNSUPPORTED_MEDIA_TYPE ->
          refusal(CloudflareCode.INVALID_BODY, detail);
      case BODY_TOO_LARGE -> refusal(TOO_LARGE, CloudflareCode.INVALID_BODY, detail);
      case SQL_ERROR, STORAGE_FULL, STATEMENT_TIMEOUT ->
          refusal(CloudflareCode.DATABASE_FAILED, detail);
      default -> refusal(code.status(), CloudflareCode.DATABASE_FAILED, detail);
    };
  }

  private static ResponseEntity<byte[]> refusal(CloudflareCode code, String message) {
    return refusal(code.status(), code, message);
  }

  private static ResponseEntity<byte[]> refusal(int status, CloudflareCode code, String message) {
    return Envelope.refusal(status, List.of(new Message(code.number(), message)));
  }
}
