package dev.burgage.node.http;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Bodies of requests, within a bound. One that is too large is read and dropped before it is
/// refused: a connection that is closed while the client still writes is reset, and the client
/// never sees why.
///
/// @param bytesMax of one body
record Bodies(int bytesMax) {
  /// What is dropped at most beyond the bound; whoever sends more is cut off.
  static final int DROPPED_BYTES_MAX = 64 * 1024 * 1024;

  private static final byte[] EMPTY = {};

  byte[] read(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return EMPTY;
    }
    if (request.headers().contentLength().orElse(0) > bytesMax) {
      drop(request);
      throw tooLarge();
    }
    byte[] body = request.content().as(byte[].class);
    if (body.length > bytesMax) { // it came in chunks and did not say how many
      throw tooLarge();
    }
    return body;
  }

  <T> T read(ServerRequest request, Class<T> type) {
    return Json.read(read(request), type);
  }

  private static void drop(ServerRequest request) {
    try (InputStream in = request.content().inputStream()) {
      in.skip(Long.MAX_VALUE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private BurgageException tooLarge() {
    return new BurgageException(
        ErrorCode.BODY_TOO_LARGE,
        "The body may have at most %d bytes; send less in one request.".formatted(bytesMax));
  }
}
