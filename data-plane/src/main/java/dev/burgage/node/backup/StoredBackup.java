package dev.burgage.node.backup;

import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.Sha256;
import dev.burgage.protocol.node.Backup;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;

/// What the store keeps of a backup beside its parts, written last: a line of JSON, and a line with
/// the SHA-256 of the first. Without it there is no backup.
///
/// @param format of this and of the parts
/// @param partBytes of each part but the last
/// @param parts their SHA-256, in their order
record StoredBackup(int format, Backup backup, int partBytes, List<String> parts) {
  static final int FORMAT = 1;
  private static final String SUM = "sha256 ";

  StoredBackup {
    parts = List.copyOf(parts);
  }

  byte[] bytes() {
    byte[] json = Json.bytes(this);
    return (new String(json, StandardCharsets.UTF_8) + "\n" + SUM + sum(json) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String sum(byte[] json) {
    var digest = Sha256.digest();
    digest.update(json);
    return Hex.of(digest);
  }

  /// @param key of the object, for people
  static StoredBackup of(String key, byte[] bytes) throws ObjectDamagedException {
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    byte[] json = Arrays.copyOf(bytes, end);
    byte[] rest = (SUM + sum(json) + "\n").getBytes(StandardCharsets.US_ASCII);
    if (end == bytes.length || !Arrays.equals(bytes, end + 1, bytes.length, rest, 0, rest.length)) {
      throw new ObjectDamagedException(key, "it is damaged: its SHA-256 is another");
    }
    try {
      StoredBackup stored = Json.read(json, StoredBackup.class);
      if (stored.format != FORMAT) {
        throw new ObjectDamagedException(
            key, "it is of format %d; this node reads %d".formatted(stored.format, FORMAT));
      }
      return stored;
    } catch (JacksonException e) {
      throw new ObjectDamagedException(key, "it is no backup: " + e.getOriginalMessage());
    }
  }
}
