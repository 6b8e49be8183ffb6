package dev.burgage.node.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The running checksum of a WAL file, as SQLite defines it: over 32-bit words in pairs, in the
/// order of bytes that the file's magic number names. For one thread.
final class WalChecksum {
  private final ByteOrder order;
  private int first;
  private int second;

  WalChecksum(ByteOrder order) {
    this.order = order;
  }

  void set(int first, int second) {
    this.first = first;
    this.second = second;
  }

  /// @param length a multiple of 8
  void add(ByteBuffer bytes, int from, int length) {
    ByteOrder before = bytes.order();
    bytes.order(order);
    int x = first;
    int y = second;
    for (int i = from; i < from + length; i += 2 * Integer.BYTES) {
      x += bytes.getInt(i) + y;
      y += bytes.getInt(i + Integer.BYTES) + x;
    }
    first = x;
    second = y;
    bytes.order(before);
  }

  boolean is(int first, int second) {
    return this.first == first && this.second == second;
  }

  WalPosition position(int salt1, int salt2, int frames) {
    return new WalPosition(salt1, salt2, frames, first, second);
  }
}
