package dev.burgage.client;

import dev.burgage.protocol.Headers;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import tools.jackson.core.JacksonException;

/// Requests to `/v1`, with JSON in and out. Remembers the revisions that answers carry.
/// Thread-safe.
final class Administration {
  private final Connection connection;
  private final URI url;

  Administration(Connection connection, URI url) {
    this.connection = connection;
    this.url = url;
  }

  <T> T get(String path, Class<T> type) {
    return parsed(exchange("GET", path, BodyPublishers.noBody()), type);
  }

  <T> T post(String path, Object body, Class<T> type) {
    return parsed(exchange("POST", path, json(body)), type);
  }

  <T> T post(String path, Class<T> type) {
    return parsed(exchange("POST", path, BodyPublishers.noBody()), type);
  }

  <T> T patch(String path, Object body, Class<T> type) {
    return parsed(exchange("PATCH", path, json(body)), type);
  }

  <T> T delete(String path, Class<T> type) {
    return parsed(exchange("DELETE", path, BodyPublishers.noBody()), type);
  }

  void delete(String path) {
    exchange("DELETE", path, BodyPublishers.noBody());
  }

  private static BodyPublisher json(Object body) {
    return BodyPublishers.ofByteArray(Json.bytes(body));
  }

  private Outcome.Answered exchange(String method, String path, BodyPublisher body) {
    URI uri = URI.create(Paths.under(url, path));
    Call call = new Call(method, uri, body, Map.of(), method.equals("GET"));
    return switch (connection.send(call)) {
      case Outcome.Answered answer -> good(answer);
      case Outcome.NotSent(Exception cause) ->
          throw new BurgageException(
              ErrorCode.NODE_UNAVAILABLE, "no connection to " + url + ": " + cause, cause);
      case Outcome.Lost(Exception cause) ->
          throw new BurgageException(
              ErrorCode.OUTCOME_UNKNOWN,
              "%s %s: no whole answer, it may or may not have been carried out: %s"
                  .formatted(method, uri, cause),
              cause);
    };
  }

  private Outcome.Answered good(Outcome.Answered answer) {
    if (!answer.isGood()) {
      Failure failure = Failure.of(answer);
      throw new BurgageException(failure.code(), failure.text());
    }
    answer.header(Headers.REVISION).ifPresent(this::seen);
    return answer;
  }

  private void seen(String revision) {
    try {
      connection.seen(Revision.parse(revision));
    } catch (IllegalArgumentException e) {
      throw new BurgageException(
          ErrorCode.INTERNAL, "the answer's Burgage-Revision is not a revision: " + revision, e);
    }
  }

  private <T> T parsed(Outcome.Answered answer, Class<T> type) {
    try {
      return Json.read(answer.body(), type);
    } catch (JacksonException e) {
      throw new BurgageException(
          ErrorCode.INTERNAL,
          "%s answered %d with something that is no %s: %s"
              .formatted(url, answer.status(), type.getSimpleName(), e.getOriginalMessage()),
          e);
    }
  }
}
