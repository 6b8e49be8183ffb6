package dev.burgage.protocol.binding;

import dev.burgage.protocol.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;

/// Feed messages to and from JSON lines. Thread-safe.
public final class FeedCodec {
  private FeedCodec() {}

  /// @return one line of UTF-8, closed by a line feed
  public static byte[] encode(FeedMessage message) {
    byte[] json = Json.bytes(message);
    byte[] line = new byte[json.length + 1];
    System.arraycopy(json, 0, line, 0, json.length);
    line[json.length] = '\n';
    return line;
  }

  /// @throws IllegalArgumentException if the line is not a whole feed message
  public static FeedMessage decode(String line) {
    try {
      return Json.read(line.getBytes(StandardCharsets.UTF_8), FeedMessage.class);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not a feed message: " + e.getOriginalMessage(), e);
    }
  }
}
