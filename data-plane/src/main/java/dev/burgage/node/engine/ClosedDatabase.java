package dev.burgage.node.engine;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.node.engine.SqliteDatabase.ExclusiveTask;
import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.binding.Limits;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/// A database that nobody has open, and that the caller keeps closed for others: for one task of
/// our own it costs a fraction of what opening, writing and closing a [SqliteDatabase] does. One
/// connection on the calling thread and no `-shm` file. What the task commits is on the disk, in
/// the node's log, before [#run] returns; unless it is much, it stays in the database's write-ahead
/// log until somebody opens the database.
///
/// @param limits hold for the task's writes
public record ClosedDatabase(
    Path file, DatabaseIdentity identity, Limits limits, EngineSettings settings) {
  private static final String TASK = "(a migration)";
  private static final long NANOS_MAX = TimeUnit.HOURS.toNanos(1);

  /// A task for [#run].
  @FunctionalInterface
  public interface Task<T> {
    /// @param before of the newest commit
    T run(GuardedConnection connection, Bookmark before) throws SQLException;
  }

  /// Runs a task alone, outside of any transaction; it leaves none open. Blocks.
  ///
  /// @throws StatementFailedException if it cannot be opened, or the task fails
  public <T> T run(Task<T> task) {
    try (Commits commits = new Commits(file, identity, settings)) {
      commits.open();
      commits.requireRoom();
      Connections connections = new Connections(file, identity, commits, settings, new Refusal());
      try (SqliteConnection connection = connections.alone()) {
        Bookmark before = commits.bookmark();
        T result = recorded(guarded -> task.run(guarded, before), connection, commits);
        commits.awaitDurable();
        checkpointIfLarge(connection, commits);
        return result;
      } catch (SQLException e) {
        throw StatementFailedException.of(e);
      }
    }
  }

  // What was committed is recorded however the task ends.
  private <T> T recorded(ExclusiveTask<T> task, SqliteConnection connection, Commits commits)
      throws SQLException {
    try {
      return run(task, connection);
    } finally {
      var _ = commits.record();
    }
  }

  private static void checkpointIfLarge(SqliteConnection connection, Commits commits)
      throws SQLException {
    if (commits.frames() > Writer.FRAMES_LEFT_MAX && connection.checkpoint(/* wait= */ true)) {
      commits.checkpointed();
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
}
