package dev.burgage.control.access;

import java.security.SecureRandom;
import java.util.Base64;

/// Makes the random part of tokens.
public final class Tokens {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;

  private Tokens() {}

  /// @return prefix, then 43 characters of base64url
  public static String make(String prefix) {
    byte[] random = new byte[BYTES];
    RANDOM.nextBytes(random);
    return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }
}
