package dev.burgage.migrations.guard;

import java.sql.SQLException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/// A connection that runs nothing unless a policy is set, which is a write to a field. SQLite asks
/// when it prepares a statement, and again in the middle of running one when the schema has changed
/// since: the policy must be set around both. Used by one thread at a time.
public final class GuardedConnection implements AutoCloseable {
  /// Where SQLite's own counting cannot be followed.
  private static final int INSTRUCTIONS_BETWEEN_CALLS = 1_000;

  private final SQLiteConnection connection;
  private final Permit permit;
  private final @Nullable NativeConnection inside;
  private final Runnable release;

  /// @param inside null if there is no way into SQLite
  GuardedConnection(
      SQLiteConnection connection,
      Permit permit,
      @Nullable NativeConnection inside,
      Runnable release) {
    this.connection = connection;
    this.permit = permit;
    this.inside = inside;
    this.release = release;
    permit.exchange(Policy.NOBODY);
  }

  /// The driver's connection. Statements of others go through `prepareStatement` only: other ways
  /// have a parser of the driver's in front, which knows `backup to` and `restore from`.
  public SQLiteConnection jdbc() {
    return connection;
  }

  /// The policy that is set.
  public Policy policy() {
    return permit.policy();
  }

  /// Sets the policy.
  ///
  /// @return the one that was set before, to be set again
  public Policy permit(Policy policy) {
    return permit.exchange(policy);
  }

  /// Where in its text the statement that was just refused is wrong, in bytes of UTF-8; -1 if that
  /// is not known.
  public int errorOffset() {
    return inside == null ? -1 : inside.errorOffset();
  }

  /// The counters of the statement that was prepared last; null if there is no way into SQLite.
  public @Nullable StatementCounters counters() {
    return inside == null ? null : inside.counters();
  }

  /// Pages that the connection has written to the disk or the file system's cache since it was
  /// opened, of open transactions too; 0 if there is no way into SQLite. Wraps around.
  public int pagesWritten() {
    return inside == null ? 0 : inside.pagesWritten();
  }

  /// Has SQLite leave the database's write-ahead log as it is when this is the last connection that
  /// closes (`SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE`).
  ///
  /// @return false if there is no way into SQLite: it moves the log into the database then
  public boolean keepLogOnClose() {
    if (inside == null) {
      return false;
    }
    inside.keepLogOnClose();
    return true;
  }

  /// Whether there is a way into SQLite, beside JDBC: not while the guard is off.
  public boolean reachesSqlite() {
    return inside != null;
  }

  /// Switches the enforcement of foreign keys on or off, in the midst of a transaction, too, where
  /// `PRAGMA foreign_keys` does nothing (`SQLITE_DBCONFIG_ENABLE_FKEY`). Rows that break a foreign
  /// key meanwhile are not looked for when it is switched on.
  ///
  /// @throws SQLException if it does not reach SQLite: it stays as it was
  public void enforceForeignKeys(boolean on) throws SQLException {
    if (inside == null) {
      throw new SQLException("PRAGMA foreign_keys does nothing here while the SQL guard is off");
    }
    inside.enforceForeignKeys(on);
  }

  /// Has something called in the midst of all statements from now on, every few tens of
  /// microseconds as far as SQLite allows, by the thread that runs them. It may block. It must not
  /// use the connection.
  ///
  /// @param goesOn whether the statement goes on; if not, it is interrupted
  public void callWhileRunning(BooleanSupplier goesOn) throws SQLException {
    if (inside != null) {
      inside.callWhileRunning(goesOn);
      return;
    }
    ProgressHandler.setHandler(
        connection,
        INSTRUCTIONS_BETWEEN_CALLS,
        new ProgressHandler() {
          @Override
          protected int progress() {
            return goesOn.getAsBoolean() ? 0 : 1;
          }
        });
  }

  /// Whether a statement of the request was refused only because it was asked for under
  /// [Policy#TENANT_READING].
  public boolean isWriteRefused() {
    return permit.isWriteRefused();
  }

  /// Tells what is called that other statements come now, of which it knows nothing.
  public void beginRequest() {
    permit.beginRequest();
    if (inside != null) {
      inside.beginRequest();
    }
  }

  /// Something that uses the connection.
  @FunctionalInterface
  public interface Action<T extends @Nullable Object> {
    T run(SQLiteConnection connection) throws SQLException;
  }

  /// Runs the action under a policy, then sets back the one before.
  public <T extends @Nullable Object> T as(Policy policy, Action<T> action) throws SQLException {
    Policy before = permit.exchange(policy);
    try {
      return action.run(connection);
    } finally {
      permit.exchange(before);
    }
  }

  @Override
  public void close() throws SQLException {
    permit.exchange(Policy.TRUSTED); // virtual tables may tidy up
    try {
      connection.close();
    } finally {
      release.run();
    }
  }
}
