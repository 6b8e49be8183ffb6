package dev.burgage.node.dormant;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/// What has become of each stamp of one rollout, in the order in which it did: 32 bytes each. The
/// last word on a database counts.
///
/// Layout of one: database (16 bytes), generation (8), state (4), CRC-32C of these (4), big-endian.
///
/// @param file may not be there yet
record StampLog(Path file) {
  private static final int RECORD_BYTES = 32;

  /// What has become of a stamp. The numbers are in the files of nodes.
  enum State {
    /// Somebody else has settled it, or the database is gone.
    CLEARED(0),
    /// Its database is migrated before its next statement.
    PENDING(1),
    /// Its migration failed; it stays at its old version.
    FAILED(2),
    /// Its rollout was undone before anybody used it.
    FORGOTTEN(3);

    private final int number;

    State(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    static State of(int number) {
      return values()[number];
    }
  }

  /// Takes one word on a database.
  @FunctionalInterface
  interface Taker {
    void take(DatabaseIdentity identity, State state);
  }

  /// Adds a word on each; it is on the disk when this returns.
  void append(List<DatabaseIdentity> identities, State state) throws IOException {
    ByteBuffer records = ByteBuffer.allocate(identities.size() * RECORD_BYTES);
    for (DatabaseIdentity identity : identities) {
      int from = records.position();
      UUID id = identity.database().value();
      records.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
      records.putLong(identity.generation()).putInt(state.number());
      records.putInt(crc(records, from));
    }
    records.flip();
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      long end = channel.size();
      try {
        while (records.hasRemaining()) {
          channel.write(records);
        }
        channel.force(/* metaData= */ true);
      } catch (IOException e) {
        channel.truncate(end); // else what comes later would stand behind half a word
        throw e;
      }
    }
  }

  private static int crc(ByteBuffer records, int from) {
    CRC32C crc = new CRC32C();
    crc.update(records.slice(from, RECORD_BYTES - Integer.BYTES));
    return (int) crc.getValue();
  }

  /// Gives all words, and cuts off what a crash has left half-written.
  void replay(Taker taker) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer records = ByteBuffer.allocate(RECORD_BYTES * 4_096);
      long good = 0;
      while (true) {
        records.clear();
        while (records.hasRemaining() && channel.read(records, good + records.position()) >= 0) {
          // until it is full or the file ends
        }
        int taken = take(records.flip(), taker);
        good += taken;
        if (taken < records.capacity()) {
          break;
        }
      }
      if (good < channel.size()) {
        channel.truncate(good);
      }
    }
  }

  /// @return bytes that were right
  private static int take(ByteBuffer records, Taker taker) {
    int from = 0;
    while (from + RECORD_BYTES <= records.limit()
        && records.getInt(from + 28) == crc(records, from)) {
      UUID id = new UUID(records.getLong(from), records.getLong(from + 8));
      taker.take(
          new DatabaseIdentity(new DatabaseId(id), records.getLong(from + 16)),
          State.of(records.getInt(from + 24)));
      from += RECORD_BYTES;
    }
    return from;
  }
}
