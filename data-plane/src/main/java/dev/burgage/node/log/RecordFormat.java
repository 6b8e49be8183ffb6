package dev.burgage.node.log;

import dev.burgage.protocol.DatabaseId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Records as bytes, version 1; docs/commit-log.md has the table of it. Numbers are big-endian, as
/// in SQLite's own files.
final class RecordFormat {
  static final int HEADER_BYTES = 128;

  /// Of page images in one record. A larger transaction has more than one.
  static final int IMAGE_BYTES_MAX = 1024 * 1024;

  /// Page numbers of the smallest pages and the header, too.
  static final int RECORD_BYTES_MAX =
      HEADER_BYTES + IMAGE_BYTES_MAX + Integer.BYTES * IMAGE_BYTES_MAX / 512;

  static final int ALIGNMENT = 8;
  static final int MAGIC = 0x42475231; // BGR1
  private static final int LENGTH = 4;
  private static final int CRC = 8;
  private static final int AFTER_CRC = 12;

  private RecordFormat() {}

  static int aligned(int bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  static ByteBuffer encode(LogRecord record, Packing packing) {
    Pages pages = record.pages();
    byte[] packed = packing.pack(pages.images());
    Packing used = packed.length < pages.images().length ? packing : Packing.PLAIN;
    int body = Integer.BYTES * pages.count() + packed.length;
    ByteBuffer bytes = ByteBuffer.allocate(aligned(HEADER_BYTES + body));
    bytes.putInt(MAGIC).putInt(bytes.capacity()).putInt(0);
    bytes.put(record.kind().code()).put(used.code()).putShort((short) 0);
    UUID database = record.key().database().value();
    bytes.putLong(database.getMostSignificantBits()).putLong(database.getLeastSignificantBits());
    bytes.putLong(record.key().generation()).putLong(record.key().transaction());
    bytes.putLong(record.time()).putInt(record.key().part());
    bytes.putInt(pages.size()).putInt(pages.databasePages()).putInt(pages.count());
    bytes.putInt(packed.length);
    WalPosition wal = record.wal();
    bytes.putInt(wal.salt1()).putInt(wal.salt2()).putInt(wal.frames());
    bytes.putInt(wal.checksum1()).putInt(wal.checksum2());
    record.hash().put(bytes, bytes.position());
    bytes.position(HEADER_BYTES);
    for (int number : pages.numbers()) {
      bytes.putInt(number);
    }
    bytes.put(packed);
    bytes.putInt(CRC, checksum(bytes.array(), 0, bytes.capacity()));
    return bytes.rewind();
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, CRC);
    crc.update(bytes, from + AFTER_CRC, length - AFTER_CRC);
    return (int) crc.getValue();
  }

  /// The length of a record by the first bytes of it, which may be anything.
  ///
  /// @param room bytes until the end of the file
  static int length(ByteBuffer head, int at, long room) throws DamagedRecordException {
    if (head.getInt(at) != MAGIC) {
      throw new DamagedRecordException("it does not begin as a record does");
    }
    int length = head.getInt(at + LENGTH);
    if (length < HEADER_BYTES || length > RECORD_BYTES_MAX || length % ALIGNMENT != 0) {
      throw new DamagedRecordException("its length of %d bytes cannot be".formatted(length));
    }
    if (length > room) {
      throw new DamagedRecordException(
          "its length is %d bytes and %d are left".formatted(length, room));
    }
    return length;
  }

  /// As a header says, which need not be whole.
  static int imageBytes(ByteBuffer bytes, int at) {
    long plain = (long) bytes.getInt(at + 60) * bytes.getInt(at + 68);
    return Math.clamp(plain, 0, IMAGE_BYTES_MAX);
  }

  /// As a header says, which need not be whole.
  static ChainHash hash(ByteBuffer bytes, int at) {
    return ChainHash.get(bytes, at + 96);
  }

  static boolean isWhole(byte[] bytes, int from, int length) {
    return ByteBuffer.wrap(bytes).getInt(from + CRC) == checksum(bytes, from, length);
  }

  /// @param bytes exactly one record
  static RecordHead head(byte[] bytes) throws DamagedRecordException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    length(in, 0, bytes.length);
    if (!isWhole(bytes, 0, bytes.length)) {
      throw new DamagedRecordException("its checksum is wrong");
    }
    Kind kind = Kind.of(in.get(12));
    if (kind == null) {
      throw new DamagedRecordException("its kind %d is not known".formatted(in.get(12)));
    }
    return new RecordHead(kind, key(bytes), in.getLong(48));
  }

  /// @param bytes exactly one record
  static LogRecord decode(byte[] bytes) throws DamagedRecordException {
    RecordHead head = head(bytes);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Packing packing = Packing.of(in.get(13));
    WalPosition wal =
        new WalPosition(in.getInt(76), in.getInt(80), in.getInt(84), in.getInt(88), in.getInt(92));
    Pages pages = pages(bytes, in, head.kind(), packing);
    return new LogRecord(head.kind(), head.key(), head.time(), pages, wal, ChainHash.get(in, 96));
  }

  /// As the header says, which need not be whole.
  static RecordKey key(byte[] header) {
    ByteBuffer in = ByteBuffer.wrap(header);
    DatabaseId database = new DatabaseId(new UUID(in.getLong(16), in.getLong(24)));
    return new RecordKey(database, in.getLong(32), in.getLong(40), in.getInt(56));
  }

  private static Pages pages(byte[] bytes, ByteBuffer in, Kind kind, Packing packing)
      throws DamagedRecordException {
    int size = in.getInt(60);
    int count = in.getInt(68);
    int packed = in.getInt(72);
    long plain = kind == Kind.BASE_FILE ? ChainHash.BYTES : (long) size * count;
    long end = HEADER_BYTES + (long) Integer.BYTES * count + packed;
    if (count < 0 || packed < 0 || plain < 0 || plain > IMAGE_BYTES_MAX || end > bytes.length) {
      throw new DamagedRecordException(
          "%d pages of %d bytes in %d bytes cannot be".formatted(count, size, packed));
    }
    int[] numbers = new int[count];
    in.position(HEADER_BYTES);
    in.asIntBuffer().get(numbers);
    byte[] images = Arrays.copyOfRange(bytes, (int) end - packed, (int) end);
    if (packing == Packing.PLAIN && images.length != plain) {
      throw new DamagedRecordException(
          "it has %d bytes of images, not %d".formatted(images.length, plain));
    }
    return new Pages(size, in.getInt(64), numbers, packing.unpack(images, (int) plain));
  }
}
