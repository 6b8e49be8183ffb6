package dev.burgage.node.http;

import dev.burgage.node.http.NodeServer.Parts;
import dev.burgage.node.memory.RequestMemory;
import dev.burgage.protocol.Headers;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/// Passes a request for a tenant that another node serves to that node, once, as it came: any node
/// answers for any tenant. Thread-safe.
final class Forwarder {
  private static final List<String> REQUEST_HEADERS =
      List.of(
          "Authorization",
          "Content-Type",
          Headers.REVISION,
          Headers.INTEGERS,
          Headers.RESULTS,
          Headers.SESSION);
  private static final List<String> RESPONSE_HEADERS =
      List.of("Content-Type", "Retry-After", "WWW-Authenticate", Headers.SESSION);
  private static final Duration MARGIN = Duration.ofSeconds(15);
  private static final int FIRST_PART_BYTES = 1024 * 1024;

  private final Parts parts;
  private final Bodies bodies;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  Forwarder(Parts parts, Bodies bodies) {
    this.parts = parts;
    this.bodies = bodies;
  }

  /// @return whether the owner carried the request out
  boolean forward(
      Binding binding, ServerRequest request, ServerResponse response, boolean forwardedAlready) {
    URI owner = parts.table().node(binding.node());
    if (owner == null || forwardedAlready) {
      throw new BurgageException(
          ErrorCode.NODE_UNAVAILABLE,
          "Tenant %s is served by node %s, which %s."
              .formatted(
                  binding.tenant(),
                  binding.node(),
                  forwardedAlready ? "does not think so yet" : "is not known here"));
    }
    try (RequestMemory.Share memory = parts.memory().share()) {
      byte[] body = bodies.read(request, memory);
      HttpResponse<InputStream> answer = send(request(owner, binding, request, body), binding);
      try (InputStream from = answer.body()) {
        // Nothing is passed on before the first part is here: if the owner is cut off before, the
        // client is told.
        byte[] first = from.readNBytes(FIRST_PART_BYTES);
        head(answer, response);
        pass(first, from, response);
      } catch (IOException e) {
        throw lost(e);
      }
      return answer.statusCode() < 400;
    }
  }

  private static void head(HttpResponse<?> answer, ServerResponse response) {
    response.status(answer.statusCode());
    for (String header : RESPONSE_HEADERS) {
      answer
          .headers()
          .firstValue(header)
          .ifPresent(value -> response.header(HeaderNames.create(header), value));
    }
  }

  // A large answer as it comes: this node has no use for it.
  private static void pass(byte[] first, InputStream rest, ServerResponse response)
      throws IOException {
    if (first.length < FIRST_PART_BYTES) {
      response.send(first);
      return;
    }
    try (OutputStream to = response.outputStream()) {
      to.write(first);
      rest.transferTo(to);
    }
  }

  private HttpRequest request(URI owner, Binding binding, ServerRequest request, byte[] body) {
    String query = request.query().rawValue();
    String path = request.path().absolute().rawPath() + (query.isEmpty() ? "" : "?" + query);
    HttpRequest.Builder forwarded =
        HttpRequest.newBuilder(owner.resolve(path))
            .timeout(Duration.ofMillis(binding.limits().statementMillisMax()).plus(MARGIN))
            .header(Headers.FORWARDED_BY, parts.self().value())
            .POST(BodyPublishers.ofByteArray(body));
    for (String header : REQUEST_HEADERS) {
      request
          .headers()
          .first(HeaderNames.create(header))
          .ifPresent(value -> forwarded.header(header, value));
    }
    return forwarded.build();
  }

  private HttpResponse<InputStream> send(HttpRequest request, Binding binding) {
    try {
      return http.send(request, BodyHandlers.ofInputStream());
    } catch (ConnectException e) {
      throw new BurgageException(
          ErrorCode.NODE_UNAVAILABLE,
          "Node %s, which serves tenant %s, does not answer."
              .formatted(binding.node(), binding.tenant()),
          e);
    } catch (IOException e) {
      throw lost(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw lost(e);
    }
  }

  // The statements may have run: D1's text, and not a code that says "try again".
  private static BurgageException lost(Exception e) {
    return new BurgageException(ErrorCode.OUTCOME_UNKNOWN, "Network connection lost.", e);
  }
}
