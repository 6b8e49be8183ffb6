package dev.burgage.node.engine;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connection by which one database is written, opened when it is first needed. Used by the
/// turn of its [WriteQueue], of which there is one at a time.
final class Writer {
  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

  // As many pages as SQLite itself lets gather before it moves them into the database.
  private static final int FRAMES_MAX = 1_000;
  private static final int FRAMES_BETWEEN_ATTEMPTS = 500;
  // 16 MiB with the usual pages: readers that hold the log up for longer are waited for.
  private static final int FRAMES_WAITED_FOR = 4_096;
  // What the next opening may have to read: a fraction of a millisecond.
  static final int FRAMES_LEFT_MAX = 64;

  private final SqliteDatabase database;
  private final Commits commits;
  private volatile @Nullable SqliteConnection connection;
  private long sizeBytesMaxSet;
  private int framesAtAttempt;

  Writer(SqliteDatabase database) {
    this.database = database;
    this.commits = database.commits();
  }

  boolean isOpen() {
    return connection != null;
  }

  /// The connection, open and with the limits of now.
  ///
  /// @throws StatementFailedException if nothing may be written
  SqliteConnection prepared() throws SQLException {
    SqliteConnection open = connection;
    if (open == null) {
      open = database.openWriter();
      connection = open;
    }
    commits.throwIfFailed();
    open.limit(database.sqlLimits());
    long sizeBytesMax = database.limits().sizeBytesMax();
    if (sizeBytesMax != sizeBytesMaxSet) {
      long pages = Math.max(1, sizeBytesMax / database.pageBytes(open));
      open.number("PRAGMA max_page_count=" + pages);
      sizeBytesMaxSet = sizeBytesMax;
    }
    return open;
  }

  /// Ends whatever transaction there is, else no later turn could begin one.
  void rollback() {
    SqliteConnection open = connection;
    if (open == null) {
      return;
    }
    try {
      open.command("ROLLBACK");
    } catch (SQLException e) {
      // There was no transaction any more: what was wanted.
      LOG.trace("Nothing to roll back", e);
    }
    settle();
  }

  /// Records what was committed and is not recorded yet: of a commit that SQLite told as failed
  /// readers may wait for the end.
  private void settle() {
    if (commits.hasUnrecorded()) {
      var _ = commits.recordEarly();
    }
  }

  /// Whether the write-ahead log is to be moved into the database.
  boolean isCheckpointDue() {
    return commits.frames() >= FRAMES_MAX
        && commits.frames() - framesAtAttempt >= FRAMES_BETWEEN_ATTEMPTS;
  }

  /// Moves the write-ahead log into the database, if readers let it.
  ///
  /// @return whether all of it is there now
  boolean checkpoint() throws SQLException {
    return checkpoint(commits.frames() >= FRAMES_WAITED_FOR);
  }

  private boolean checkpoint(boolean wait) throws SQLException {
    commits.awaitDurable();
    framesAtAttempt = commits.frames();
    boolean moved = prepared().checkpoint(wait);
    if (moved) {
      commits.checkpointed();
      framesAtAttempt = 0;
    }
    return moved;
  }

  /// When nobody comes after.
  void closeForGood() {
    SqliteConnection open = connection;
    try {
      boolean isLeft = open != null && open.keepsLog() && commits.frames() <= FRAMES_LEFT_MAX;
      if (open != null && !isLeft && commits.failure() == null) {
        checkpoint(/* wait= */ true);
      }
    } catch (SQLException | RuntimeException e) {
      LOG.warn("The write-ahead log of a database stays as it is", e);
    }
    close();
  }

  /// Takes another connection. It is open before this one is closed: else somebody from outside who
  /// looks into the file could be the last to close it, and SQLite would move the log into it.
  void renew() {
    SqliteConnection old = connection;
    connection = null;
    sizeBytesMaxSet = 0;
    try {
      connection = database.openWriter();
    } catch (SQLException | RuntimeException e) {
      LOG.debug("The next write opens another connection", e);
    }
    close(old);
  }

  private void close() {
    SqliteConnection open = connection;
    connection = null;
    close(open);
  }

  private static void close(@Nullable SqliteConnection open) {
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        LOG.warn("A writer could not be closed", e);
      }
    }
  }
}
