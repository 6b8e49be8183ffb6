package dev.burgage.node.log;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/// Puts the pages of logged transactions into a database file, which is then, byte by byte, what
/// SQLite's file is after the same commits and a checkpoint. Images are whole pages, so it does no
/// harm to put some in again. Never on a file that SQLite has open. For one thread.
public final class Replay {
  private static final int CHUNK_BYTES = 256 * 1024;

  private final LogReader reader;
  private final DatabaseId database;

  public Replay(LogReader reader, DatabaseId database) {
    this.reader = reader;
    this.database = database;
  }

  /// Makes the state of a transaction from the log. The file is the base that the log names, or
  /// empty if the log has the base's pages; it is on the disk when this returns.
  ///
  /// @param from the transaction of the base
  /// @param to the last transaction to put in
  /// @return the record that ends it
  /// @throws LogDamagedException if the log does not have all of that, or the file is not its base
  public LogRecord fromBase(Path file, long from, long to) throws IOException {
    Last last = new Last();
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    replay(file, from, to, /* isBase= */ true, last);
    LogRecord record = last.record;
    if (record == null || record.key().transaction() != to) {
      throw new LogDamagedException(
          "the log has no transaction %d of database %s".formatted(to, database));
    }
    return record;
  }

  /// Puts in what may be missing in a file that a checkpoint has been at. A file that is not there
  /// is not made: it would lack what was before the checkpoint.
  ///
  /// @return the record that ends the last transaction; null if there was none to put in
  @Nullable LogRecord onto(Path file, long from, long to) throws IOException {
    Last last = new Last();
    replay(file, from, to, /* isBase= */ false, last);
    return last.record;
  }

  private static final class Last {
    private @Nullable LogRecord record;
  }

  private void replay(Path file, long from, long to, boolean isBase, Last last) throws IOException {
    try (FileChannel target =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      reader.read(
          database,
          from,
          transaction -> {
            long number = transaction.end().key().transaction();
            LogRecord before = last.record;
            if (number > to) {
              return false;
            }
            if (before == null && number != from) {
              throw new LogDamagedException(
                  "the log begins with transaction %d of database %s; %d is wanted"
                      .formatted(number, database, from));
            }
            apply(target, transaction, isBase && before == null);
            last.record = transaction.end();
            return number < to;
          });
      target.force(/* metaData= */ true);
    }
  }

  private void apply(FileChannel target, LoggedTransaction transaction, boolean isFirst)
      throws IOException {
    LogRecord end = transaction.end();
    switch (end.kind()) {
      case BASE_FILE -> {
        if (isFirst) {
          requireContent(target, end);
        }
      }
      case BASE -> {
        target.truncate(0);
        write(target, transaction);
      }
      case COMMIT -> {
        if (isFirst) {
          throw new LogDamagedException(
              "transaction %d of database %s is no base"
                  .formatted(end.key().transaction(), database));
        }
        write(target, transaction);
      }
      case DELETED -> throw new LogDamagedException("database %s was deleted".formatted(database));
      case ATTACHED, CHECKPOINT, PART, SYNCED -> {
        // the content is as it was
      }
    }
  }

  private void write(FileChannel target, LoggedTransaction transaction) throws IOException {
    for (LogPosition part : transaction.parts()) {
      write(target, reader.record(part).pages());
    }
    Pages last = transaction.end().pages();
    write(target, last);
    long size = last.databaseBytes();
    if (target.size() > size) {
      target.truncate(size);
    } else if (target.size() < size) {
      target.write(ByteBuffer.allocate(1), size - 1); // its last pages have no content
    }
  }

  private static void write(FileChannel target, Pages pages) throws IOException {
    for (int i = 0; i < pages.count(); i++) {
      ByteBuffer image = pages.image(i);
      long at = pages.offset(i);
      while (image.hasRemaining()) {
        at += target.write(image, at);
      }
    }
  }

  private void requireContent(FileChannel target, LogRecord base) throws IOException {
    if (!MessageDigest.isEqual(sha256(target), base.pages().images())) {
      throw new LogDamagedException(
          "the file is not the base of database %s, generation %d: its SHA-256 is another"
              .formatted(database, base.key().generation()));
    }
  }

  /// Of all that a file holds.
  static byte[] sha256(FileChannel file) throws IOException {
    MessageDigest digest = Sha256.digest();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    for (long at = 0; file.read(chunk.clear(), at) >= 0; at += chunk.limit()) {
      digest.update(chunk.flip());
    }
    return digest.digest();
  }
}
