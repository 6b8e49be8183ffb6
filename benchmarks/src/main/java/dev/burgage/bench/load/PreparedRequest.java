package dev.burgage.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A whole HTTP request as bytes, with a text that a right answer to it contains. The arrays are
/// not copied: this sits in the load generator's loop.
@SuppressWarnings("ArrayRecordComponent")
public record PreparedRequest(byte[] bytes, byte[] expected) {
  /// @param path path and query
  /// @param body sent as `application/json`; may be empty
  /// @param expected a part of every right answer's body
  public static PreparedRequest of(
      String method, String path, Map<String, String> headers, String body, String expected) {
    return new PreparedRequest(
        render(method, path, headers, body), expected.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] render(String method, String path, Map<String, String> headers, String body) {
    byte[] bodyBytes = body.getBytes(StandardCharsets.UTF_8);
    var head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("Host: 127.0.0.1\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (!method.equals("GET")) {
      head.append("Content-Type: application/json\r\n");
      head.append("Content-Length: ").append(bodyBytes.length).append("\r\n");
    }
    byte[] headBytes = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[headBytes.length + bodyBytes.length];
    System.arraycopy(headBytes, 0, all, 0, headBytes.length);
    System.arraycopy(bodyBytes, 0, all, headBytes.length, bodyBytes.length);
    return all;
  }
}
