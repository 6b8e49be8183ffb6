package dev.burgage.node.ship;

import dev.burgage.protocol.DatabaseId;
import java.nio.ByteBuffer;
import java.util.UUID;

/// Consecutive records of one database in one object.
///
/// @param generation of all of them
/// @param firstTime of the first record, as records have it
/// @param offset of the first byte in the object
/// @param isCollapsed a minute's transactions are one, and their hashes cannot be made again
/// @param isDeletion the last record is the database's deletion
/// @param sha256 of the bytes
record Run(
    DatabaseId database,
    long generation,
    long firstTransaction,
    long lastTransaction,
    long firstTime,
    long lastTime,
    int offset,
    int length,
    boolean isCollapsed,
    boolean isDeletion,
    byte[] sha256) {
  static final int BYTES = 16 + 5 * Long.BYTES + 3 * Integer.BYTES + 32;
  private static final int COLLAPSED = 1;
  private static final int DELETION = 2;

  void put(ByteBuffer out) {
    out.putLong(database.value().getMostSignificantBits());
    out.putLong(database.value().getLeastSignificantBits());
    out.putLong(generation).putLong(firstTransaction).putLong(lastTransaction);
    out.putLong(firstTime).putLong(lastTime).putInt(offset).putInt(length);
    out.putInt((isCollapsed ? COLLAPSED : 0) | (isDeletion ? DELETION : 0));
    out.put(sha256);
  }

  static Run get(ByteBuffer in) {
    DatabaseId database = new DatabaseId(new UUID(in.getLong(), in.getLong()));
    long generation = in.getLong();
    long first = in.getLong();
    long last = in.getLong();
    long firstTime = in.getLong();
    long lastTime = in.getLong();
    int offset = in.getInt();
    int length = in.getInt();
    int flags = in.getInt();
    byte[] sha256 = new byte[32];
    in.get(sha256);
    return new Run(
        database,
        generation,
        first,
        last,
        firstTime,
        lastTime,
        offset,
        length,
        (flags & COLLAPSED) != 0,
        (flags & DELETION) != 0,
        sha256);
  }
}
