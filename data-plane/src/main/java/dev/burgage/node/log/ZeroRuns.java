package dev.burgage.node.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Bytes without their long runs of zeros, which most of a page is that has few rows. The form: how
/// many zeros (4 bytes), how many other bytes (4 bytes), those bytes; again until the end.
final class ZeroRuns {
  // Zeros are looked for in whole blocks only: a shorter run is hardly worth its head.
  private static final int BLOCK_BYTES = 32;
  private static final int HEAD_BYTES = 2 * Integer.BYTES;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private ZeroRuns() {}

  /// @return what was given if that does not become shorter by an eighth
  static byte[] pack(byte[] plain) {
    ByteBuffer packed = ByteBuffer.allocate(plain.length - plain.length / 8);
    int at = 0;
    while (at < plain.length) {
      int from = endOfZeros(plain, at);
      int to = endOfOthers(plain, from);
      if (packed.remaining() < HEAD_BYTES + to - from) {
        return plain;
      }
      packed.putInt(from - at).putInt(to - from).put(plain, from, to - from);
      at = to;
    }
    return Arrays.copyOf(packed.array(), packed.position());
  }

  private static int endOfZeros(byte[] bytes, int from) {
    int at = from;
    while (at <= bytes.length - BLOCK_BYTES && isZero(bytes, at)) {
      at += BLOCK_BYTES;
    }
    return at;
  }

  private static int endOfOthers(byte[] bytes, int from) {
    int at = from;
    while (at <= bytes.length - BLOCK_BYTES) {
      if (isZero(bytes, at)) {
        return at;
      }
      at += BLOCK_BYTES;
    }
    return bytes.length;
  }

  private static boolean isZero(byte[] bytes, int at) {
    long any =
        (long) LONGS.get(bytes, at)
            | (long) LONGS.get(bytes, at + 8)
            | (long) LONGS.get(bytes, at + 16)
            | (long) LONGS.get(bytes, at + 24);
    return any == 0;
  }

  /// @param packed may be anything
  static byte[] unpack(byte[] packed, int plainBytes) throws DamagedRecordException {
    byte[] plain = new byte[plainBytes];
    ByteBuffer in = ByteBuffer.wrap(packed);
    int at = 0;
    while (in.remaining() >= HEAD_BYTES) {
      int zeros = in.getInt();
      int others = in.getInt();
      int left = plainBytes - at;
      if (zeros < 0 || zeros > left || others < 0 || others > left - zeros) {
        throw damaged(plainBytes);
      }
      if (others > in.remaining()) {
        throw damaged(plainBytes);
      }
      in.get(plain, at + zeros, others);
      at += zeros + others;
    }
    if (in.hasRemaining() || at != plainBytes) {
      throw damaged(plainBytes);
    }
    return plain;
  }

  private static DamagedRecordException damaged(int plainBytes) {
    return new DamagedRecordException(
        "its images without their zeros do not make %d bytes".formatted(plainBytes));
  }
}
