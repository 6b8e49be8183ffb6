package dev.burgage.node.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// The first 32 bytes of a WAL file (https://www.sqlite.org/fileformat2.html, section 4.1).
///
/// @param order of the words that checksums add
/// @param start before the first frame
record WalHeader(ByteOrder order, int pageSize, WalPosition start) {
  static final int BYTES = 32;
  private static final int MAGIC = 0x377f0682;
  private static final int CHECKED_BYTES = 24;

  /// @return null if these are not the bytes of a header, or only some of them were written
  static @Nullable WalHeader of(ByteBuffer bytes) {
    int magic = bytes.getInt(0);
    if ((magic & ~1) != MAGIC) {
      return null;
    }
    ByteOrder order = (magic & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    WalChecksum sum = new WalChecksum(order);
    sum.add(bytes, 0, CHECKED_BYTES);
    if (!sum.is(bytes.getInt(24), bytes.getInt(28))) {
      return null;
    }
    return new WalHeader(
        order, bytes.getInt(8), sum.position(bytes.getInt(16), bytes.getInt(20), /* frames= */ 0));
  }

  boolean isOf(WalPosition position) {
    return start.isOfSameUse(position);
  }
}
