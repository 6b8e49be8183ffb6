package dev.burgage.node.engine;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.node.files.Durable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has a long transaction wait for the disk as it goes, every few pages, rather than for all of
/// them at its end. A file system in ordered mode writes what others have left in its cache before
/// it answers anybody's fsync: without this a tenant that writes 200 MB in one statement holds up
/// every write on the disk for that long. For one writer; used by its thread.
///
/// It opens the write-ahead log beside SQLite. That is no danger to SQLite's locks, which are on
/// the database and the shared-memory file; and a failed fsync is told to every descriptor that was
/// open, so SQLite hears of it too.
final class DiskPace {
  private static final Logger LOG = LoggerFactory.getLogger(DiskPace.class);

  /// 256 KiB with the usual pages: well under what the disk writes in the time of an fsync.
  private static final int PAGES_BETWEEN_SYNCS = 64;

  private final GuardedConnection connection;
  private final Path log;
  private int pagesSynced;

  /// @param file of the database
  DiskPace(GuardedConnection connection, Path file) {
    this.connection = connection;
    this.log = file.resolveSibling(file.getFileName() + "-wal");
  }

  void begin() {
    pagesSynced = connection.pagesWritten();
  }

  /// In the midst of a statement: waits for the disk if it is due, without the slot.
  void keep(Slot slot, long deadlineNanos) {
    int written = connection.pagesWritten();
    if (written - pagesSynced >= PAGES_BETWEEN_SYNCS) {
      pagesSynced = written;
      slot.aside(this::sync, deadlineNanos);
    }
  }

  private void sync() {
    try {
      Durable.syncFile(log);
    } catch (NoSuchFileException e) {
      LOG.debug("There is no log to be synced", e);
    } catch (IOException e) {
      LOG.warn("{} could not be synced; SQLite does it at the commit", log, e);
    }
  }
}
