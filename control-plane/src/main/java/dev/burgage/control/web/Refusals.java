package dev.burgage.control.web;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.error.Problem;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/// Refuses a request in the form that its callers read: a problem document, or that of the
/// [RefusalForm] which covers its path.
@Component
public class Refusals {
  private final List<RefusalForm> forms;

  Refusals(List<RefusalForm> forms) {
    this.forms = List.copyOf(forms);
  }

  ResponseEntity<byte[]> answer(HttpServletRequest request, ErrorCode code, String detail) {
    String path = path(request);
    return form(path)
        .map(form -> form.refusal(code, detail, path))
        .orElseGet(() ->
            ResponseEntity.status(code.status())
                .header(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .body(Json.bytes(Problem.of(code, detail))));
  }

  /// For filters, where no controller is at hand. Does nothing when the answer has begun.
  public void write(
      HttpServletRequest request, HttpServletResponse response, ErrorCode code, String detail)
      throws IOException {
    String path = path(request);
    Optional<RefusalForm> form = form(path);
    if (form.isEmpty()) {
      ProblemWriter.write(response, code, detail);
    } else if (!response.isCommitted()) {
      response.reset();
      ResponseEntity<byte[]> refusal = form.get().refusal(code, detail, path);
      response.setStatus(refusal.getStatusCode().value());
      refusal
          .getHeaders()
          .forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
      byte[] body = refusal.getBody();
      response.getOutputStream().write(body == null ? new byte[0] : body);
    }
  }

  private Optional<RefusalForm> form(String path) {
    return forms.stream().filter(form -> form.covers(path)).findFirst();
  }

  // In an error dispatch the request's own path is the error page's.
  private static String path(HttpServletRequest request) {
    Object origin = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    return origin instanceof String uri ? uri : request.getServletPath();
  }
}
