package dev.burgage.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResponseParserTest {
  private static final String SIZED =
      lines("HTTP/1.1 201 Created", "Burgage-Revision: 0a-01", "content-length: 5", "", "hello");
  private static final String CHUNKED =
      lines(
          "HTTP/1.1 200 OK",
          "Transfer-Encoding: chunked",
          "",
          "5",
          "hello",
          "6;x=y",
          " world",
          "0",
          "",
          "");

  private final ResponseParser parser = new ResponseParser();

  @Test
  void aSizedResponseInOnePieceIsWhole() throws IOException {
    assertThat(parser.offer(bytes(SIZED))).isTrue();
    assertThat(parser.status()).isEqualTo(201);
    assertThat(parser.body()).asString().isEqualTo("hello");
    assertThat(parser.header("burgage-revision")).isEqualTo("0a-01");
    assertThat(parser.header("etag")).isNull();
  }

  @Test
  void aSizedResponseByteByByteIsWholeAtItsLastByte() throws IOException {
    assertWholeOnlyAtLastByte(SIZED, "hello");
  }

  @Test
  void chunksByteByByteAreJoinedAtTheLastByte() throws IOException {
    assertWholeOnlyAtLastByte(CHUNKED, "hello world");
  }

  @Test
  void theNextResponseIsReadAfterReset() throws IOException {
    parser.offer(bytes(CHUNKED));
    parser.reset();
    assertThat(parser.offer(bytes(SIZED))).isTrue();
    assertThat(parser.body()).asString().isEqualTo("hello");
  }

  @Test
  void aBodyLargerThanTheBufferIsRead() throws IOException {
    String body = "x".repeat(100_000);
    String response = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body;
    assertThat(parser.offer(bytes(response.substring(0, 3_000)))).isFalse();
    assertThat(parser.offer(bytes(response.substring(3_000)))).isTrue();
    assertThat(parser.body()).asString().isEqualTo(body);
  }

  @Test
  void theBodyIsSearchedAndTheHeadIsNot() throws IOException {
    parser.offer(bytes(SIZED));
    assertThat(parser.bodyContains("ell".getBytes(StandardCharsets.UTF_8))).isTrue();
    assertThat(parser.bodyContains("0a-01".getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void bytesAfterTheBodyAreRefused() {
    assertThatThrownBy(() -> parser.offer(bytes(SIZED + "H")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bytes after its body");
  }

  @Test
  void whatIsNotHttpIsRefused() {
    assertThatThrownBy(() -> parser.offer(bytes("SSH-2.0-OpenSSH_9.2 and more\r\n\r\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not an HTTP response");
  }

  private void assertWholeOnlyAtLastByte(String response, String body) throws IOException {
    for (int i = 0; i < response.length(); i++) {
      boolean whole = parser.offer(bytes(response.substring(i, i + 1)));
      assertThat(whole).as("after byte %d", i).isEqualTo(i == response.length() - 1);
    }
    assertThat(parser.body()).asString().isEqualTo(body);
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
