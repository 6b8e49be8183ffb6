package dev.burgage.node.log;

import dev.burgage.protocol.NodeName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// The first 128 bytes of a segment.
///
/// @param number of the segment, one more than that of the segment before
/// @param previousEnd how many bytes the segment before has; 0 if there was none
/// @param node whose log this is
/// @param created seconds since 1970
record SegmentHeader(long number, long previousEnd, NodeName node, long created) {
  static final int BYTES = 128;
  static final int VERSION = 1;
  private static final long MAGIC = 0x4255524741474531L; // BURGAGE1
  private static final int NODE = 40;
  private static final int NODE_BYTES = 64;
  private static final int CRC = 124;
  private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})\\.log");

  static String fileName(long number) {
    return "%016x.log".formatted(number);
  }

  /// @return 0 if this is no segment's name
  static long numberOf(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches() ? Long.parseLong(name.group(1), 16) : 0;
  }

  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(MAGIC).putInt(VERSION).putInt(BYTES);
    bytes.putLong(number).putLong(previousEnd).putLong(created);
    bytes.put(node.value().getBytes(StandardCharsets.US_ASCII));
    bytes.putInt(CRC, checksum(bytes.array()));
    return bytes.rewind();
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CRC);
    return (int) crc.getValue();
  }

  static boolean isBlank(byte[] bytes) {
    return Arrays.equals(bytes, new byte[bytes.length]);
  }

  static SegmentHeader decode(byte[] bytes) throws DamagedRecordException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getLong(0) != MAGIC) {
      throw new DamagedRecordException("it does not begin as a segment does");
    }
    if (in.getInt(CRC) != checksum(bytes)) {
      throw new DamagedRecordException("its checksum is wrong");
    }
    if (in.getInt(8) != VERSION) {
      throw new DamagedRecordException(
          "its format is version %d and this program reads version %d"
              .formatted(in.getInt(8), VERSION));
    }
    String node = new String(bytes, NODE, NODE_BYTES, StandardCharsets.US_ASCII);
    return new SegmentHeader(
        in.getLong(16), in.getLong(24), new NodeName(node.replace("\0", "")), in.getLong(32));
  }
}
