package dev.burgage.node.log;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;

/// How the images of a record are kept. The codes are part of the format.
public enum Packing {
  /// As they are.
  PLAIN(0),

  /// A frame of Zstandard (RFC 8878) at level 1: about a third of the bytes for 16 µs a page of
  /// text.
  ZSTD(2);

  private static final int LEVEL = 1;

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
      case 2 -> ZSTD;
      default -> throw new DamagedRecordException("its packing %d is not known".formatted(code));
    };
  }

  /// @return what was given if packing does not make it shorter by an eighth: pictures, what is
  ///   encrypted or packed already. To unpack it would cost more than its bytes.
  byte[] pack(byte[] plain) {
    if (this == PLAIN) {
      return plain;
    }
    byte[] packed = new byte[Math.toIntExact(Zstd.compressBound(plain.length))];
    int length = Math.toIntExact(Zstd.compress(packed, plain, LEVEL));
    return length <= plain.length - plain.length / 8 && length < plain.length
        ? Arrays.copyOf(packed, length)
        : plain;
  }

  byte[] unpack(byte[] packed, int plainBytes) throws DamagedRecordException {
    if (this == PLAIN) {
      return packed;
    }
    byte[] plain = new byte[plainBytes];
    try {
      long length = Zstd.decompress(plain, packed);
      if (length == plainBytes) {
        return plain;
      }
      throw new DamagedRecordException(
          "its images unpack to %d bytes, not %d".formatted(length, plainBytes));
    } catch (ZstdException e) {
      throw new DamagedRecordException("its images cannot be unpacked: " + e.getMessage());
    }
  }
}
