package dev.burgage.node.http;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.OptionalLong;

/// Bodies of requests, within a bound. One that is too large is read and dropped before it is
/// refused: a connection that is closed while the client still writes is reset, and the client
/// never sees why.
///
/// @param bytesMax of one body
record Bodies(int bytesMax) {
  /// What is dropped at most beyond the bound; whoever sends more is cut off.
  private static final int DROPPED_BYTES_MAX = 64 * 1024 * 1024;

  private static final byte[] EMPTY = {};

  byte[] read(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return EMPTY;
    }
    OptionalLong length = request.headers().contentLength();
    if (length.isPresent() && length.getAsLong() <= bytesMax) {
      return request.content().as(byte[].class);
    }
    try (InputStream in = request.content().inputStream()) {
      byte[] body = length.isPresent() ? EMPTY : in.readNBytes(bytesMax + 1);
      if (length.isPresent() || body.length > bytesMax) {
        in.skip(DROPPED_BYTES_MAX);
        throw tooLarge();
      }
      return body; // it came in chunks and did not say how many
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  <T> T read(ServerRequest request, Class<T> type) {
    return Json.read(read(request), type);
  }

  private BurgageException tooLarge() {
    return new BurgageException(
        ErrorCode.BODY_TOO_LARGE,
        "The body may have at most %d bytes; send less in one request.".formatted(bytesMax));
  }
}
