package dev.burgage.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256, by which templates are named and tokens are known on both planes.
public final class Sha256 {
  // A copy of it costs a tenth of asking the security providers, which each request with a token
  // would do.
  private static final MessageDigest UNUSED = first();

  private Sha256() {}

  private static MessageDigest first() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// A new digest, for one thread.
  public static MessageDigest digest() {
    try {
      return (MessageDigest) UNUSED.clone();
    } catch (CloneNotSupportedException e) {
      return first();
    }
  }

  /// Of the text's UTF-8 bytes: 32 bytes.
  public static byte[] of(String text) {
    return digest().digest(text.getBytes(StandardCharsets.UTF_8));
  }
}
