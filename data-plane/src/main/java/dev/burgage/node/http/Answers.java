package dev.burgage.node.http;

import dev.burgage.protocol.InvalidNameException;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.error.Problem;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// Answers as the edge writes them: JSON, or a problem document.
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
  private static final Header JSON =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
  private static final Header PROBLEM =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE);
  private static final Header BEARER =
      HeaderValues.createCached(HeaderNames.WWW_AUTHENTICATE, "Bearer");
  private static final Header RETRY_AFTER = HeaderValues.createCached(HeaderNames.RETRY_AFTER, "1");

  private Answers() {}

  static void json(ServerResponse response, byte[] body) {
    response.header(JSON).send(body);
  }

  static void empty(ServerResponse response) {
    response.status(Status.NO_CONTENT_204).send();
  }

  /// A problem document.
  static void problem(ServerResponse response, Throwable failure) {
    BurgageException known = known(failure);
    Problem problem = known.problem();
    response.status(problem.status()).header(PROBLEM);
    if (known.code() == ErrorCode.UNAUTHORIZED) {
      response.header(BEARER);
    }
    if (known.code().retryable()) {
      response.header(RETRY_AFTER);
    }
    response.send(Json.bytes(problem));
  }

  private static BurgageException known(Throwable failure) {
    return switch (failure) {
      case BurgageException known -> known;
      case InvalidNameException e -> new BurgageException(ErrorCode.INVALID_NAME, message(e), e);
      case JacksonException e ->
          new BurgageException(
              ErrorCode.INVALID_REQUEST, "The body does not fit: " + e.getOriginalMessage(), e);
      case IllegalArgumentException e ->
          new BurgageException(ErrorCode.INVALID_REQUEST, message(e), e);
      default -> {
        LOG.error("A request failed in a way that nobody expected", failure);
        yield new BurgageException(
            ErrorCode.INTERNAL, "The node failed; its log has the reason.", failure);
      }
    };
  }

  private static String message(Exception e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }
}
