package dev.burgage.node.backup;

import com.github.luben.zstd.ZstdOutputStream;
import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.engine.SqliteCopy;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Sha256;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.Backup.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/// Makes one backup: pages of one snapshot → `VACUUM INTO` → checked → packed → the store. The
/// database is held up for the beginning of the snapshot only. Thread-safe.
final class BackupMaker {
  static final int PART_BYTES = 8 * 1024 * 1024;
  private static final int PACK_LEVEL = 3;
  private static final int BLOCK_BYTES = 64 * 1024;
  private static final int PAGES_PER_STEP = 64;
  private static final int BUSY_MILLIS = 10;
  private static final int BUSY_TIMES_MAX = 1_000;
  private static final int COPIES = 2;

  private final Parts parts;
  private final BackupObjects objects;
  private final FileCheck check;

  /// What it works with.
  ///
  /// @param making where halves are while they are made
  /// @param reserveBytes of the disk that are left to the databases
  /// @param pace makes one for each backup
  record Parts(
      NodeName node,
      Making making,
      long reserveBytes,
      Guard guard,
      Supplier<Pace> pace,
      Clock clock) {}

  BackupMaker(Parts parts, BackupObjects objects) {
    this.parts = parts;
    this.objects = objects;
    this.check = new FileCheck(parts.guard());
  }

  /// What was copied.
  private record Copied(Instant at, Bookmark bookmark) {}

  /// @throws BurgageException `storage_full` if the disk may not have room for two copies
  Backup make(SqliteDatabase database, Binding binding, Origin origin) throws IOException {
    objects.requireAnswer(binding.database());
    UUID id = UUID.randomUUID();
    Pace pace = parts.pace().get();
    try (Making.Place place = parts.making().begin(binding.database(), id)) {
      Path pages = place.file("pages");
      Path file = place.file("file");
      Copied copied = copy(database, pages, pace);
      vacuum(pages, file, pace);
      place.remove("pages");
      FileCheck.Found found = check.look(file, pace::keep);
      BackupName name = new BackupName(copied.at(), copied.bookmark().transaction(), origin, id);
      Path named = place.name(name).resolve("file");
      StoredBackup stored = store(binding, name, named, found, copied.bookmark(), pace);
      objects.write(stored, name);
      place.done();
      return stored.backup();
    } catch (SQLException e) {
      if (e.getErrorCode() == SQLiteErrorCode.SQLITE_FULL.code) {
        throw new BurgageException(
            ErrorCode.STORAGE_FULL, "The node's disk is full; no backup was made.", e);
      }
      throw new IOException("the backup could not be made: " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  // A few pages at a time and not all at once. The snapshot that is open keeps SQLite from
  // beginning anew when somebody writes.
  private Copied copy(SqliteDatabase database, Path pages, Pace pace) {
    BooleanSupplier pulse = pace.writing(pages);
    return database.apartAt(
        "(a backup)",
        pulse,
        (connection, bookmark) -> {
          requireRoom(
              pages,
              FileCheck.number(connection, "PRAGMA page_count")
                  * FileCheck.number(connection, "PRAGMA page_size"),
              COPIES);
          copy(connection, pages, pulse);
          return new Copied(Instant.ofEpochMilli(parts.clock().millis()), bookmark);
        });
  }

  private static void copy(SQLiteConnection connection, Path pages, BooleanSupplier pulse)
      throws SQLException {
    // It cannot be ended in between: an exception would have to cross SQLite.
    int code =
        connection
            .getDatabase()
            .backup(
                "main",
                pages.toString(),
                (_, _) -> {
                  boolean _ = pulse.getAsBoolean();
                },
                BUSY_MILLIS,
                BUSY_TIMES_MAX,
                PAGES_PER_STEP);
    SqliteCopy.require(code, "copied");
  }

  /// @throws BurgageException `storage_full` if the disk may not have room for so many copies
  void requireRoom(Path pages, long bytes, int copies) {
    long room = folder(pages).toFile().getUsableSpace() - parts.reserveBytes();
    if (room < copies * bytes) {
      throw new BurgageException(
          ErrorCode.STORAGE_FULL,
          "The node has room for %d bytes; a backup of %d bytes needs %d times as many for a while."
              .formatted(Math.max(0, room), bytes, copies));
    }
  }

  private static Path folder(Path file) {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IllegalArgumentException("not a file in a folder: " + file);
    }
    return folder;
  }

  // Reads each table and index, leaves free pages behind, and what was deleted in them.
  private void vacuum(Path pages, Path file, Pace pace) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    try (GuardedConnection guarded = parts.guard().open(config, "jdbc:sqlite:" + pages)) {
      guarded.callWhileRunning(pace.writing(file));
      var _ =
          guarded.as(
              Policy.TRUSTED,
              connection -> {
                try (PreparedStatement distrust =
                        connection.prepareStatement("PRAGMA trusted_schema=OFF");
                    PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
                  distrust.execute();
                  vacuum.setString(1, file.toString());
                  return vacuum.execute();
                }
              });
    }
  }

  private StoredBackup store(
      Binding binding,
      BackupName name,
      Path file,
      FileCheck.Found found,
      Bookmark bookmark,
      Pace pace)
      throws IOException {
    MessageDigest digest = Sha256.digest();
    PartsOutput packed =
        new PartsOutput(
            PART_BYTES,
            (part, content) ->
                objects.store().put(objects.part(binding.database(), name, part), content));
    try (InputStream in = Files.newInputStream(file);
        ZstdOutputStream out = new ZstdOutputStream(packed, PACK_LEVEL)) {
      out.setChecksum(true);
      for (byte[] block = in.readNBytes(BLOCK_BYTES);
          block.length > 0;
          block = in.readNBytes(BLOCK_BYTES)) {
        digest.update(block);
        out.write(block);
        if (!pace.keep()) {
          throw new IOException("the node stops");
        }
      }
    }
    Backup backup =
        new Backup(
            name.id(),
            name.createdAt(),
            name.origin(),
            binding.database(),
            binding.pool(),
            binding.tenant(),
            parts.node(),
            binding.generation(),
            bookmark.toString(),
            found.schemaVersion(),
            found.fingerprint(),
            found.tables(),
            found.integrity(),
            Files.size(file),
            Hex.of(digest),
            packed.bytes(),
            packed.sha256());
    return new StoredBackup(StoredBackup.FORMAT, backup, PART_BYTES, packed.parts());
  }
}
