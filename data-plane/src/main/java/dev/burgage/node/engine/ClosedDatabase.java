package dev.burgage.node.engine;

import dev.burgage.node.engine.SqliteDatabase.ExclusiveTask;
import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.protocol.binding.Limits;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A database that nobody has open, and that the caller keeps closed for others: for one task of
/// our own it costs a fraction of what opening, writing and closing a [SqliteDatabase] does. One
/// connection on the calling thread, no `-shm` file, and three syncs where a commit and a close
/// take five.
///
/// What the task commits is not on the disk before [#run] returns. The commit itself waits for
/// nothing: until the connection is closed it is in the `-wal` file alone, however large it is, of
/// which SQLite finds after a loss of power all or nothing. Closing syncs that file and its name
/// first, then moves it into the database, syncs that, and removes it. The log is new, or one that
/// was found and is appended to, never one that starts again: that is what SQLite's own sync of a
/// log's head is for.
///
/// @param limits hold for the task's writes
public record ClosedDatabase(
    Path file, DatabaseIdentity identity, Limits limits, EngineSettings settings) {
  private static final Logger LOG = LoggerFactory.getLogger(ClosedDatabase.class);
  private static final String TASK = "(a migration)";
  private static final long NANOS_MAX = TimeUnit.HOURS.toNanos(1);

  /// Runs a task alone, outside of any transaction; it leaves none open. Blocks.
  ///
  /// @throws StatementFailedException if it cannot be opened, or the task fails
  public <T> T run(ExclusiveTask<T> task) {
    try (SqliteConnection connection = SqliteConnection.openAlone(file, identity, settings)) {
      try {
        return run(task, connection);
      } finally {
        syncAtClose(connection);
      }
    } catch (SQLException e) {
      throw StatementFailedException.of(e);
    }
  }

  private <T> T run(ExclusiveTask<T> task, SqliteConnection connection) throws SQLException {
    long pages = Math.max(1, limits.sizeBytesMax() / connection.number("PRAGMA page_size"));
    connection.number("PRAGMA max_page_count=" + pages);
    long deadline = System.nanoTime() + NANOS_MAX;
    Slot slot = settings.slots().enterAside(identity.database(), deadline);
    if (slot == null) {
      throw SqliteDatabase.overloaded();
    }
    try {
      connection.begin(slot, deadline);
      connection.running(TASK);
      return task.run(connection.liftLimits());
    } finally {
      connection.end();
      slot.leave();
    }
  }

  // A task that ended in an error of ours may have left a transaction, in which this is refused.
  private void syncAtClose(SqliteConnection connection) throws SQLException {
    try {
      connection.command("PRAGMA synchronous=FULL");
    } catch (SQLException e) {
      LOG.warn("A task on {} left a transaction open; it is rolled back", file, e);
      connection.command("ROLLBACK");
      connection.command("PRAGMA synchronous=FULL");
    }
  }
}
