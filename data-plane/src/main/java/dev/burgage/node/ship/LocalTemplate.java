package dev.burgage.node.ship;

import dev.burgage.protocol.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/// A template as a file of this node.
final class LocalTemplate {
  private static final int CHUNK_BYTES = 256 * 1024;

  private LocalTemplate() {}

  /// Writes it to the beginning of a file.
  ///
  /// @throws IOException if it has another SHA-256
  static void copy(Path template, byte[] sha256, FileChannel target) throws IOException {
    MessageDigest digest = Sha256.digest();
    long at = 0;
    try (InputStream in = Files.newInputStream(template)) {
      for (byte[] chunk = in.readNBytes(CHUNK_BYTES);
          chunk.length > 0;
          chunk = in.readNBytes(CHUNK_BYTES)) {
        digest.update(chunk);
        ByteBuffer out = ByteBuffer.wrap(chunk);
        while (out.hasRemaining()) {
          at += target.write(out, at);
        }
      }
    }
    target.truncate(at);
    if (!MessageDigest.isEqual(digest.digest(), sha256)) {
      throw new IOException(
          "the file %s is not the template %s: its SHA-256 is another"
              .formatted(template, HexFormat.of().formatHex(sha256)));
    }
  }
}
