package dev.burgage.node.http;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;

/// Bodies of requests, within the listener's bound.
final class Bodies {
  private static final byte[] EMPTY = {};

  private Bodies() {}

  static byte[] read(ServerRequest request) {
    try {
      return request.content().hasEntity() ? request.content().as(byte[].class) : EMPTY;
    } catch (RequestException e) {
      if (e.status().equals(Status.REQUEST_ENTITY_TOO_LARGE_413)) {
        throw new BurgageException(
            ErrorCode.BODY_TOO_LARGE, "The body is larger than this node takes.", e);
      }
      throw e;
    }
  }

  static <T> T read(ServerRequest request, Class<T> type) {
    return Json.read(read(request), type);
  }
}
