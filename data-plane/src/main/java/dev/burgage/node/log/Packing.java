package dev.burgage.node.log;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// How the images of a record are kept. The codes are part of the format.
public enum Packing {
  /// As they are.
  PLAIN(0),

  /// Deflate (RFC 1951) without a header, at its fastest: about a third of the bytes for 50 µs a
  /// page.
  DEFLATE(1);

  private static final int SAMPLE_BYTES = 16 * 1024;

  private final byte code;

  Packing(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  static Packing of(byte code) throws DamagedRecordException {
    return switch (code) {
      case 0 -> PLAIN;
      case 1 -> DEFLATE;
      default -> throw new DamagedRecordException("its packing %d is not known".formatted(code));
    };
  }

  /// @return what was given if packing does not make it shorter by an eighth: pictures, what is
  ///   encrypted or packed already. To unpack it would cost more than its bytes.
  byte[] pack(byte[] plain) {
    if (this == PLAIN) {
      return plain;
    }
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, /* nowrap= */ true);
    try {
      byte[] packed =
          isWorthIt(deflater, plain) ? deflated(deflater, plain, 0, plain.length) : null;
      return packed == null ? plain : packed;
    } finally {
      deflater.end();
    }
  }

  // Of a large one two samples say it: a thirtieth of the work.
  private static boolean isWorthIt(Deflater deflater, byte[] plain) {
    if (plain.length < 16 * SAMPLE_BYTES) {
      return true;
    }
    for (int from : new int[] {0, plain.length / 2}) {
      boolean isShorter = deflated(deflater, plain, from, SAMPLE_BYTES) != null;
      deflater.reset();
      if (isShorter) {
        return true;
      }
    }
    return false;
  }

  // Null if it is not shorter by an eighth.
  private static byte @Nullable [] deflated(Deflater deflater, byte[] plain, int from, int length) {
    deflater.setInput(plain, from, length);
    deflater.finish();
    byte[] packed = new byte[length - length / 8];
    int packedLength = deflater.deflate(packed);
    return deflater.finished() ? Arrays.copyOf(packed, packedLength) : null;
  }

  byte[] unpack(byte[] packed, int plainBytes) throws DamagedRecordException {
    if (this == PLAIN) {
      return packed;
    }
    Inflater inflater = new Inflater(/* nowrap= */ true);
    try {
      inflater.setInput(packed);
      byte[] plain = new byte[plainBytes];
      int length = inflater.inflate(plain);
      if (length != plainBytes) {
        throw new DamagedRecordException("its images unpack to %d bytes".formatted(length));
      }
      return plain;
    } catch (DataFormatException e) {
      throw new DamagedRecordException("its images do not unpack: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }
}
