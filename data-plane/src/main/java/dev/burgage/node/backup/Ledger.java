package dev.burgage.node.backup;

import dev.burgage.node.log.LogPosition;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What was backed up of each database last: 72 bytes in a file, some 150 in memory. Not synced: of
/// what a crash loses a backup is made once more. Thread-safe.
final class Ledger implements AutoCloseable {
  private static final int BYTES = 72;
  private static final int CHECKED_BYTES = BYTES - Long.BYTES;
  private static final int CLEARED_FROM = 1_000;

  private final Path file;
  private final Map<DatabaseId, Entry> entries = new ConcurrentHashMap<>();
  private FileChannel channel;
  private long written;

  /// @param chain the first bytes of the hash of the commit that was backed up last; 0 for none
  /// @param tail where the database's records ended then
  /// @param backedUp second; 0 for never
  /// @param changed the second in which a later commit was seen; 0 if none was
  /// @param retain the second from which on a backup has had its time
  record Entry(long chain, LogPosition tail, long backedUp, long changed, long retain) {
    static final Entry NONE = new Entry(0, new LogPosition(0, 0), 0, 0, Long.MAX_VALUE);

    Entry seen(LogPosition at) {
      return new Entry(chain, at, backedUp, changed, retain);
    }

    Entry changed(LogPosition at, long second) {
      return new Entry(chain, at, backedUp, changed == 0 ? second : changed, retain);
    }

    Entry retain(long second) {
      return new Entry(chain, tail, backedUp, changed, second);
    }
  }

  /// Reads what earlier runs have left, up to the first entry that is not whole.
  Ledger(Path file) throws IOException {
    this.file = file;
    if (Files.exists(file)) {
      read();
    }
    this.channel = rewrite();
  }

  private void read() throws IOException {
    try (FileChannel old = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(BYTES * 1_024);
      while (old.read(buffer) >= 0 || buffer.position() >= BYTES) {
        buffer.flip();
        while (buffer.remaining() >= BYTES) {
          if (!readOne(buffer)) {
            return;
          }
        }
        buffer.compact();
      }
    }
  }

  private boolean readOne(ByteBuffer buffer) {
    int at = buffer.position();
    if (buffer.getLong(at + CHECKED_BYTES) != sum(buffer, at)) {
      return false;
    }
    DatabaseId database = new DatabaseId(new UUID(buffer.getLong(), buffer.getLong()));
    long chain = buffer.getLong();
    LogPosition tail = new LogPosition(buffer.getLong(), buffer.getLong());
    Entry entry = new Entry(chain, tail, buffer.getLong(), buffer.getLong(), buffer.getLong());
    buffer.position(at + BYTES);
    entries.put(database, entry);
    return true;
  }

  private static long sum(ByteBuffer buffer, int at) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(at, CHECKED_BYTES));
    return crc.getValue();
  }

  private static ByteBuffer bytes(DatabaseId database, Entry entry) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes
        .putLong(database.value().getMostSignificantBits())
        .putLong(database.value().getLeastSignificantBits());
    bytes.putLong(entry.chain()).putLong(entry.tail().segment()).putLong(entry.tail().offset());
    bytes.putLong(entry.backedUp()).putLong(entry.changed()).putLong(entry.retain());
    bytes.putLong(sum(bytes, 0));
    return bytes.flip();
  }

  private FileChannel rewrite() throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    FileChannel fresh =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    try {
      for (Map.Entry<DatabaseId, Entry> one : entries.entrySet()) {
        write(fresh, one.getKey(), one.getValue());
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      fresh.close();
      throw e;
    }
    written = entries.size();
    return fresh;
  }

  private static void write(FileChannel to, DatabaseId database, Entry entry) throws IOException {
    ByteBuffer bytes = bytes(database, entry);
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  @Nullable Entry find(DatabaseId database) {
    return entries.get(database);
  }

  int size() {
    return entries.size();
  }

  /// Databases of which a backup has had its time by now.
  List<DatabaseId> expired(long second) {
    List<DatabaseId> expired = new ArrayList<>();
    entries.forEach((database, entry) -> {
      if (entry.retain() <= second) {
        expired.add(database);
      }
    });
    return expired;
  }

  /// A backup has come that is not of the schedule.
  ///
  /// @param second in which it has had its time
  void added(DatabaseId database, long second) throws IOException {
    update(database, entry -> entry.retain(Math.min(entry.retain(), second)));
  }

  /// @param change is given [Entry#NONE] if nothing is known
  synchronized Entry update(DatabaseId database, UnaryOperator<Entry> change) throws IOException {
    Entry known = entries.get(database);
    Entry entry = change.apply(known == null ? Entry.NONE : known);
    if (entry.equals(known)) {
      return entry;
    }
    entries.put(database, entry);
    append(database, entry);
    written++;
    if (written > CLEARED_FROM && written > 4L * entries.size()) {
      FileChannel old = channel;
      channel = rewrite();
      old.close();
    }
    return entry;
  }

  // Half a line would make all after it unreadable.
  private void append(DatabaseId database, Entry entry) throws IOException {
    long end = channel.position();
    try {
      write(channel, database, entry);
    } catch (IOException e) {
      channel.truncate(end);
      throw e;
    }
  }

  /// Forgets databases; their lines go when the file is made anew.
  synchronized void keepOnly(Predicate<DatabaseId> known) throws IOException {
    if (entries.keySet().removeIf(database -> !known.test(database))) {
      FileChannel old = channel;
      channel = rewrite();
      old.close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    channel.close();
  }
}
