package dev.burgage.control.cloudflare;

import dev.burgage.control.cloudflare.Envelope.Message;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/// Writes what is refused in Cloudflare's own codes. All other exceptions become envelopes by
/// [EnvelopeForm].
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
class CloudflareAdvice {
  @ExceptionHandler(CloudflareException.class)
  ResponseEntity<byte[]> refused(CloudflareException e) {
    return Envelope.refusal(e.code().status(), List.of(new Message(e.code().number(), e.text())));
  }
}
