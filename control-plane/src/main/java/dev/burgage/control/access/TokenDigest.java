package dev.burgage.control.access;

import dev.burgage.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/// The SHA-256 of a token: all of a token that is stored or sent. Tokens are 256 random bits, so a
/// plain digest is enough; the slow ones are for passwords.
///
/// @param hex 64 lower-case hexadecimal digits
public record TokenDigest(String hex) {
  public static TokenDigest of(String token) {
    return new TokenDigest(HexFormat.of().formatHex(Sha256.of(token)));
  }

  /// Takes the same time whatever the other digest is.
  boolean matches(TokenDigest other) {
    return MessageDigest.isEqual(
        hex.getBytes(StandardCharsets.US_ASCII), other.hex.getBytes(StandardCharsets.US_ASCII));
  }
}
