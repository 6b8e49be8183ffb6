package dev.burgage.node.log;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// How the images of a record are kept. The codes are part of the format.
public enum Packing {
  /// As they are.
  PLAIN(0),

  /// Deflate (RFC 1951) without a header, at its fastest: about a third of the bytes for 50 µs a
  /// page.
  DEFLATE(1);

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

  /// @return what was given if packing makes it no shorter
  byte[] pack(byte[] plain) {
    if (this == PLAIN) {
      return plain;
    }
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, /* nowrap= */ true);
    try {
      deflater.setInput(plain);
      deflater.finish();
      byte[] packed = new byte[Math.max(0, plain.length - 1)];
      int length = deflater.deflate(packed);
      return deflater.finished() ? Arrays.copyOf(packed, length) : plain;
    } finally {
      deflater.end();
    }
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
