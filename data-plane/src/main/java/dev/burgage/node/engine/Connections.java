package dev.burgage.node.engine;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/// Opens the connections of one database, each with the pragmas of what it is for; the node's log
/// is opened before the first. Thread-safe.
final class Connections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
  private static final int BUSY_MILLIS = 1_000;
  private static final int APART_BUSY_MILLIS = 10_000;

  // In one call: each by itself costs as much as a small statement. What is committed is on the
  // disk when the node's log has it, so SQLite waits for nothing; and it must not move into the
  // database what the log may not have yet.
  private static final String WRITER =
      """
      PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; \
      PRAGMA journal_size_limit=4194304; PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=OFF\
      """;
  private static final String READER = WRITER + "; PRAGMA query_only=ON";
  // The lock is chosen before the file is looked at, which others do.
  private static final String ALONE = "PRAGMA locking_mode=EXCLUSIVE; " + WRITER;

  private final Path file;
  private final DatabaseIdentity identity;
  private final Commits commits;
  private final EngineSettings settings;
  private final Refusal refusal;
  // Only where there is no way into SQLite: there the last connection that closes moves the
  // write-ahead log into the database, also what the node's log does not have.
  private @Nullable SqliteConnection anchor;

  /// @param commits is told by writers before each commit
  Connections(
      Path file,
      DatabaseIdentity identity,
      Commits commits,
      EngineSettings settings,
      Refusal refusal) {
    this.file = file;
    this.identity = identity;
    this.commits = commits;
    this.settings = settings;
    this.refusal = refusal;
  }

  SqliteConnection reader() throws SQLException {
    return limited(READER, /* told= */ null);
  }

  SqliteConnection writer() throws SQLException {
    return limited(WRITER, commits);
  }

  private SqliteConnection limited(String pragmas, @Nullable Commits told) throws SQLException {
    SqliteConnection opened = open(pragmas, told);
    opened.setLimits();
    if (!opened.keepsLog()) {
      anchor();
    }
    return opened;
  }

  /// A writer that locks everybody out for as long as it is open, and so needs no `-shm` file; with
  /// SQLite's own limits.
  SqliteConnection alone() throws SQLException {
    return open(ALONE, commits);
  }

  /// JDBC's usual connection, with SQLite's own limits.
  GuardedConnection apart() throws SQLException {
    commits.open();
    SQLiteConfig config = new SQLiteConfig();
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    config.setBusyTimeout(APART_BUSY_MILLIS);
    GuardedConnection guarded = settings.guard().open(config, "jdbc:sqlite:" + file);
    if (!guarded.keepLogOnClose()) {
      anchor();
    }
    return guarded;
  }

  private synchronized void anchor() throws SQLException {
    if (anchor == null) {
      anchor = open(READER, /* told= */ null);
    }
  }

  private SqliteConnection open(String pragmas, @Nullable Commits told) throws SQLException {
    commits.open();
    SQLiteConfig config = new SQLiteConfig();
    config.resetOpenMode(SQLiteOpenMode.CREATE); // a missing file is an error, not a new database
    config.setOpenMode(SQLiteOpenMode.NOMUTEX); // one thread at a time, see SqliteConnection
    config.setGetGeneratedKeys(false);
    config.setBusyTimeout(BUSY_MILLIS);
    GuardedConnection guarded = settings.guard().open(config, "jdbc:sqlite:" + file);
    try {
      guarded.as(Policy.TRUSTED, jdbc -> jdbc.getDatabase()._exec(pragmas));
      RequestTurn turn =
          new RequestTurn(
              guarded.jdbc(),
              identity,
              settings.evidence(),
              told == null ? null : new DiskPace(guarded, file),
              told,
              told == null ? refusal::isSet : refusal::endsWrites);
      guarded.callWhileRunning(turn::pause);
      if (told != null) {
        guarded.jdbc().addCommitListener(told);
      }
      return new SqliteConnection(guarded, turn, settings.watchdog());
    } catch (SQLException | RuntimeException e) {
      guarded.close();
      throw e;
    }
  }

  /// When all connections are closed.
  @Override
  public synchronized void close() {
    SqliteConnection held = anchor;
    if (held != null && commits.failure() == null) {
      try {
        held.close();
      } catch (SQLException e) {
        LOG.warn("{} could not be closed", file, e);
      }
    }
  }
}
