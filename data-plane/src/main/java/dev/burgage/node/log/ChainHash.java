package dev.burgage.node.log;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/// The SHA-256 by which a record is chained to the one before it of the same database, as four
/// numbers.
public record ChainHash(long first, long second, long third, long fourth) {
  static final int BYTES = 32;

  /// What the first record of a database is chained to.
  public static final ChainHash NONE = new ChainHash(0, 0, 0, 0);

  static ChainHash of(byte[] bytes) {
    return get(ByteBuffer.wrap(bytes), 0);
  }

  static ChainHash get(ByteBuffer bytes, int at) {
    return new ChainHash(
        bytes.getLong(at), bytes.getLong(at + 8), bytes.getLong(at + 16), bytes.getLong(at + 24));
  }

  void put(ByteBuffer bytes, int at) {
    bytes.putLong(at, first).putLong(at + 8, second).putLong(at + 16, third);
    bytes.putLong(at + 24, fourth);
  }

  byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    put(ByteBuffer.wrap(bytes), 0);
    return bytes;
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
