package dev.burgage.node.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// The head of a database file: "The Database Header" in SQLite's file format.
final class DatabaseHeader {
  private static final int BYTES = 100;
  private static final int PAGE_SIZE_AT = 16;
  private static final int PAGE_BYTES_MIN = 512;
  private static final int PAGE_BYTES_MAX = 65_536;

  private DatabaseHeader() {}

  /// @throws LogDamagedException if the file is no database
  static int pageSize(FileChannel file) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(BYTES);
    while (header.hasRemaining() && file.read(header, header.position()) >= 0) {
      // until it is full or the file ends
    }
    int told = Short.toUnsignedInt(header.getShort(PAGE_SIZE_AT));
    int pageSize = told == 1 ? PAGE_BYTES_MAX : told;
    if (header.hasRemaining()
        || pageSize < PAGE_BYTES_MIN
        || Integer.bitCount(pageSize) != 1
        || file.size() % pageSize != 0) {
      throw new LogDamagedException("the file is no whole SQLite database");
    }
    return pageSize;
  }
}
