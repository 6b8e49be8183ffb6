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
  ZSTD(2),

  /// Without long runs of zeros ([ZeroRuns]): of a migration of a small database one byte in
  /// twelve, of a full page nothing is saved.
  ZERO_RUNS(3);

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
      case 3 -> ZERO_RUNS;
      default -> throw new DamagedRecordException("its packing %d is not known".formatted(code));
    };
  }

  /// @return what was given if packing does not make it shorter by an eighth: pictures, what is
  ///   encrypted or packed already. To unpack it would cost more than its bytes.
  byte[] pack(byte[] plain) {
    return switch (this) {
      case PLAIN -> plain;
      case ZSTD -> zstd(plain);
      case ZERO_RUNS -> ZeroRuns.pack(plain);
    };
  }

  private static byte[] zstd(byte[] plain) {
    byte[] packed = new byte[Math.toIntExact(Zstd.compressBound(plain.length))];
    int length = Math.toIntExact(Zstd.compress(packed, plain, LEVEL));
    return length <= plain.length - plain.length / 8 && length < plain.length
        ? Arrays.copyOf(packed, length)
        : plain;
  }

  byte[] unpack(byte[] packed, int plainBytes) throws DamagedRecordException {
    return switch (this) {
      case PLAIN -> packed;
      case ZSTD -> fromZstd(packed, plainBytes);
      case ZERO_RUNS -> ZeroRuns.unpack(packed, plainBytes);
    };
  }

  private static byte[] fromZstd(byte[] packed, int plainBytes) throws DamagedRecordException {
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
