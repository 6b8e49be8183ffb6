package dev.burgage.node.backup;

import dev.burgage.protocol.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/// Cuts a stream into objects of a size, each of which is in memory once. For one thread.
final class PartsOutput extends OutputStream {
  private final int partBytes;
  private final Sink sink;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private final MessageDigest whole = Sha256.digest();
  private final List<String> parts = new ArrayList<>();
  private long bytes;
  private String sha256 = "";

  /// Takes a part.
  @FunctionalInterface
  interface Sink {
    void put(int part, byte[] content) throws IOException;
  }

  PartsOutput(int partBytes, Sink sink) {
    this.partBytes = partBytes;
    this.sink = sink;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] content, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      int fits = Math.min(left, partBytes - buffer.size());
      buffer.write(content, from, fits);
      from += fits;
      left -= fits;
      if (buffer.size() == partBytes) {
        put();
      }
    }
  }

  private void put() throws IOException {
    byte[] content = buffer.toByteArray();
    buffer.reset();
    MessageDigest own = Sha256.digest();
    own.update(content);
    sink.put(parts.size(), content);
    whole.update(content);
    bytes += content.length;
    parts.add(Hex.of(own));
  }

  /// Writes the last part.
  @Override
  public void close() throws IOException {
    if (sha256.isEmpty()) {
      if (buffer.size() > 0) {
        put();
      }
      sha256 = Hex.of(whole);
    }
  }

  /// After closing.
  List<String> parts() {
    return parts;
  }

  long bytes() {
    return bytes;
  }

  String sha256() {
    return sha256;
  }
}
