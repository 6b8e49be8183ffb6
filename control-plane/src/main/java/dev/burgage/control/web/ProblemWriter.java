package dev.burgage.control.web;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.error.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Writes problem documents where no controller is at hand.
public final class ProblemWriter {
  private ProblemWriter() {}

  /// Does nothing when the answer has begun: there is no taking it back.
  public static void write(HttpServletResponse response, ErrorCode code, String detail)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response.reset();
    response.setStatus(code.status());
    if (code == ErrorCode.UNAUTHORIZED) {
      response.setHeader("WWW-Authenticate", "Bearer");
    }
    if (code
        == ErrorCode.OVERLOADED) { // others pass sooner than the whole seconds that it counts in
      response.setHeader("Retry-After", "1");
    }
    response.setContentType(Problem.MEDIA_TYPE);
    byte[] body = Json.bytes(Problem.of(code, detail));
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
