package dev.burgage.control.query;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import org.springframework.stereotype.Component;

/// Passes one HTTP exchange on: method, body, status and the headers that mean something,
/// unchanged. The caller's own token goes along, and the node checks it again.
@Component
class QueryForwarder {
  /// Longer than any statement may run.
  static final Duration LONGEST = Duration.ofMinutes(11);

  private final HttpClient http;

  QueryForwarder(HttpClient http) {
    this.http = http;
  }

  HttpResponse<InputStream> send(URI target, HttpServletRequest request) throws IOException {
    // Whole, not as a stream: at most as large as the body limit, and a limit that is passed is
    // told as such.
    byte[] body = request.getInputStream().readAllBytes();
    HttpRequest.Builder forwarded =
        HttpRequest.newBuilder(target).timeout(LONGEST).POST(BodyPublishers.ofByteArray(body));
    for (String name : Collections.list(request.getHeaderNames())) {
      if (isMeaningful(name) || name.equalsIgnoreCase("authorization")) {
        Collections.list(request.getHeaders(name)).forEach(value -> forwarded.header(name, value));
      }
    }
    return send(forwarded.build(), BodyHandlers.ofInputStream());
  }

  /// @throws BurgageException `node_unavailable` if it was surely not carried out, else
  ///   `outcome_unknown`
  <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
    URI target = request.uri();
    try {
      return http.send(request, handler);
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new BurgageException(
          ErrorCode.NODE_UNAVAILABLE,
          "the tenant's node does not answer at %s://%s; the request was not carried out, repeat it when the node is back"
              .formatted(target.getScheme(), target.getAuthority()),
          e);
    } catch (IOException e) {
      throw new BurgageException(
          ErrorCode.OUTCOME_UNKNOWN,
          "the connection to the tenant's node broke; whether the request was carried out is not"
              + " known",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BurgageException(
          ErrorCode.OUTCOME_UNKNOWN,
          "the control plane is stopping; whether the request was carried out is not known",
          e);
    }
  }

  void relay(HttpResponse<InputStream> answer, HttpServletResponse response) throws IOException {
    response.setStatus(answer.statusCode());
    answer
        .headers()
        .map()
        .forEach((name, values) -> {
          if (isMeaningful(name)) {
            values.forEach(value -> response.addHeader(name, value));
          }
        });
    try (InputStream body = answer.body()) {
      body.transferTo(response.getOutputStream());
    }
  }

  private static boolean isMeaningful(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals("content-type")
        || lower.equals("retry-after")
        || lower.startsWith("burgage-")
        || lower.startsWith("x-cf-d1-");
  }
}
