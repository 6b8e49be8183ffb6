package dev.burgage.control.web;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.error.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;

/// What Tomcat says when it refuses a request before the application sees it (a malformed request
/// line, headers too large): a problem document too, and nothing about the server.
///
/// Public because Tomcat makes it by name.
public final class ProblemValve extends ErrorReportValve {
  @Override
  protected void report(Request request, Response response, Throwable throwable) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    ErrorCode code =
        switch (status) {
          case 401 -> ErrorCode.UNAUTHORIZED;
          case 404 -> ErrorCode.NOT_FOUND;
          case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
          case 413 -> ErrorCode.BODY_TOO_LARGE;
          default -> status >= 500 ? ErrorCode.INTERNAL : ErrorCode.INVALID_REQUEST;
        };
    String detail =
        status >= 500
            ? "the server failed; its log says more"
            : "the request is not well-formed HTTP";
    try {
      response.setContentType(Problem.MEDIA_TYPE);
      response.setCharacterEncoding("UTF-8");
      response
          .getReporter()
          .write(new String(Json.bytes(Problem.of(code, detail)), StandardCharsets.UTF_8));
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      container.getLogger().debug("the caller went away", e);
    }
  }
}
