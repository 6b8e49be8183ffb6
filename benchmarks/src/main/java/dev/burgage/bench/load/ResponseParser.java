package dev.burgage.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads one HTTP/1.1 response at a time from pieces of any size; bodies by `Content-Length` or in
/// chunks. Pipelined responses are refused. Not thread-safe.
public final class ResponseParser {
  private static final int UNKNOWN = -1;
  private static final int CHUNKED = -2;
  private static final int BUFFER_BYTES = 2048;

  private byte[] buffer = new byte[BUFFER_BYTES];
  private int length;
  private int bodyStart = UNKNOWN;
  private int bodyLength = UNKNOWN;
  private int chunkStart;
  private int status;

  /// Forgets the response, so that the next can come.
  public void reset() {
    length = 0;
    bodyStart = UNKNOWN;
    bodyLength = UNKNOWN;
  }

  /// @return whether the response is whole
  /// @throws IOException if the bytes are not an HTTP/1.1 response
  public boolean offer(ByteBuffer bytes) throws IOException {
    int searched = Math.max(0, length - 3);
    append(bytes);
    if (bodyStart == UNKNOWN) {
      int end = find(buffer, searched, length, new byte[] {'\r', '\n', '\r', '\n'});
      if (end < 0) {
        return false;
      }
      readHead(end);
    }
    return bodyLength == CHUNKED ? chunksEnd() : bodyEnds();
  }

  public int status() {
    return status;
  }

  /// Whether the raw body contains the bytes (chunk boundaries are not looked through).
  boolean bodyContains(byte[] part) {
    return find(buffer, bodyStart, length, part) >= 0;
  }

  /// @param name in lower case
  public @Nullable String header(String name) {
    for (String line : head().split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return null;
  }

  /// The body, its chunks joined.
  public byte[] body() throws IOException {
    return bodyLength == CHUNKED
        ? joinChunks()
        : Arrays.copyOfRange(buffer, bodyStart, bodyStart + bodyLength);
  }

  private void append(ByteBuffer bytes) {
    int more = bytes.remaining();
    if (length + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
    }
    bytes.get(buffer, length, more);
    length += more;
  }

  private String head() {
    return new String(buffer, 0, bodyStart, StandardCharsets.ISO_8859_1);
  }

  private void readHead(int end) throws IOException {
    bodyStart = end + 4;
    chunkStart = bodyStart;
    if (buffer[0] != 'H' || bodyStart < 16) {
      throw new IOException("not an HTTP response: " + head().lines().findFirst().orElse(""));
    }
    status = Integer.parseInt(new String(buffer, 9, 3, StandardCharsets.ISO_8859_1));
    String contentLength = header("content-length");
    String encoding = header("transfer-encoding");
    if (contentLength != null) {
      bodyLength = Integer.parseInt(contentLength);
    } else if (encoding != null && encoding.equalsIgnoreCase("chunked")) {
      bodyLength = CHUNKED;
    } else {
      bodyLength = 0;
    }
  }

  private boolean bodyEnds() throws IOException {
    if (length > bodyStart + bodyLength) {
      throw new IOException("the response has bytes after its body");
    }
    return length == bodyStart + bodyLength;
  }

  private boolean chunksEnd() throws IOException {
    while (true) {
      int lineEnd = find(buffer, chunkStart, length, new byte[] {'\r', '\n'});
      if (lineEnd < 0) {
        return false;
      }
      int size = chunkSize(chunkStart, lineEnd);
      int next = lineEnd + 2 + size + 2;
      if (next > length) {
        return false;
      }
      chunkStart = next;
      if (size == 0) {
        return true;
      }
    }
  }

  private byte[] joinChunks() throws IOException {
    byte[] joined = new byte[length - bodyStart];
    int filled = 0;
    int at = bodyStart;
    while (true) {
      int lineEnd = find(buffer, at, length, new byte[] {'\r', '\n'});
      int size = chunkSize(at, lineEnd);
      if (size == 0) {
        return Arrays.copyOf(joined, filled);
      }
      System.arraycopy(buffer, lineEnd + 2, joined, filled, size);
      filled += size;
      at = lineEnd + 2 + size + 2;
    }
  }

  private int chunkSize(int from, int lineEnd) throws IOException {
    String line = new String(buffer, from, lineEnd - from, StandardCharsets.ISO_8859_1);
    int extension = line.indexOf(';');
    try {
      return Integer.parseInt(extension < 0 ? line : line.substring(0, extension), 16);
    } catch (NumberFormatException e) {
      throw new IOException("not a chunk size: " + line, e);
    }
  }

  private static int find(byte[] bytes, int from, int to, byte[] part) {
    int last = to - part.length;
    for (int i = from; i <= last; i++) {
      if (bytes[i] == part[0] && Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }
}
