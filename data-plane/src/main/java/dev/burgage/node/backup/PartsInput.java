package dev.burgage.node.backup;

import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.List;

/// The parts of a backup one after the other; none is given before its SHA-256 was found right. For
/// one thread.
final class PartsInput extends InputStream {
  private static final int END = -1;

  private final ObjectStore store;
  private final List<String> keys;
  private final List<String> sums;
  private byte[] part = {};
  private int at;
  private int next;

  /// @param sums SHA-256 of each
  PartsInput(ObjectStore store, List<String> keys, List<String> sums) {
    this.store = store;
    this.keys = keys;
    this.sums = sums;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? END : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (at == part.length) {
      if (next == keys.size()) {
        return END;
      }
      part = fetch(next++);
      at = 0;
    }
    int count = Math.min(length, part.length - at);
    System.arraycopy(part, at, target, offset, count);
    at += count;
    return count;
  }

  private byte[] fetch(int number) throws IOException {
    String key = keys.get(number);
    byte[] content;
    try {
      content = store.get(key);
    } catch (StoreException e) {
      if (e.isNotFound()) {
        throw new ObjectDamagedException(key, "it is missing");
      }
      throw e;
    }
    MessageDigest digest = Sha256.digest();
    digest.update(content);
    if (!Hex.of(digest).equals(sums.get(number))) {
      throw new ObjectDamagedException(key, "it is damaged: its SHA-256 is another");
    }
    return content;
  }
}
