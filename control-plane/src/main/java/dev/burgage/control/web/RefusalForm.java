package dev.burgage.control.web;

import dev.burgage.protocol.error.ErrorCode;
import org.springframework.http.ResponseEntity;

/// How refusals look to the callers of some paths. A feature that speaks a foreign protocol brings
/// its own; all other paths get problem documents.
public interface RefusalForm {
  /// @param path normalised, without the query string
  boolean covers(String path);

  ResponseEntity<byte[]> refusal(ErrorCode code, String detail, String path);
}
