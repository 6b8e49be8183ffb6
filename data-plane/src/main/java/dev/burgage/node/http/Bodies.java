package dev.burgage.node.http;

import dev.burgage.node.memory.RequestMemory;
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
  private static final int DROPPED_BYTES_MAX = 64 * 1024 * 1024;

  private static final byte[] EMPTY = {};
  private static final long LENGTH_UNKNOWN = -1;

  /// A tenant's body, which is counted, because many may send one at once.
  ///
  /// @throws BurgageException `body_too_large`, `overloaded`
  byte[] read(ServerRequest request, RequestMemory.Share memory) {
    long length = request.headers().contentLength().orElse(LENGTH_UNKNOWN);
    if (length != LENGTH_UNKNOWN && length <= bytesMax) {
      try {
        memory.body(length);
      } catch (BurgageException e) {
        drop(request);
        throw e;
      }
      return read(request);
    }
    byte[] body = read(request);
    memory.body(body.length);
    return body;
  }

  byte[] read(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return EMPTY;
    }
    long length = request.headers().contentLength().orElse(LENGTH_UNKNOWN);
    if (length > bytesMax) {
      drop(request);
      throw tooLarge();
    }
    if (length != LENGTH_UNKNOWN) {
      return exactly(request, (int) length);
    }
    return upToMax(request);
  }

  // It comes in chunks and does not say how many; the server itself bounds uploads only.
  private byte[] upToMax(ServerRequest request) {
    try (InputStream in = request.content().inputStream()) {
      byte[] body = in.readNBytes(bytesMax + 1);
      if (body.length > bytesMax) {
        in.skip(DROPPED_BYTES_MAX);
        throw tooLarge();
      }
      return body;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Helidon's own way reads into a buffer of 16 KiB first, whatever the length; most bodies have
  // some hundred bytes.
  private static byte[] exactly(ServerRequest request, int length) {
    byte[] body = new byte[length];
    try (InputStream in = request.content().inputStream()) {
      if (in.readNBytes(body, 0, length) < length) {
        throw new IllegalArgumentException(
            "The body ended before the %d bytes that Content-Length announced.".formatted(length));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return body;
  }

  <T> T read(ServerRequest request, Class<T> type) {
    return Json.read(read(request), type);
  }

  private static void drop(ServerRequest request) {
    try (InputStream in = request.content().inputStream()) {
      in.skip(DROPPED_BYTES_MAX);
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
