package dev.burgage.node.backup;

import java.security.MessageDigest;
import java.util.HexFormat;

/// Digests as texts.
final class Hex {
  private Hex() {}

  static String of(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
