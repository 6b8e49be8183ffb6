package dev.burgage.migrations.guard;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/// A connection that runs nothing unless a policy is set, which is a write to a field. SQLite asks
/// when it prepares a statement, and again in the middle of running one when the schema has changed
/// since: the policy must be set around both. Used by one thread at a time.
public final class GuardedConnection implements AutoCloseable {
  private final SQLiteConnection connection;
  private final Permit permit;
  private final @Nullable Inspection inspection;
  private final Runnable release;

  /// @param inspection null if there is no way into SQLite
  GuardedConnection(
      SQLiteConnection connection,
      Permit permit,
      @Nullable Inspection inspection,
      Runnable release) {
    this.connection = connection;
    this.permit = permit;
    this.inspection = inspection;
    this.release = release;
    permit.exchange(Policy.NOBODY);
  }

  /// The driver's connection. Statements of others go through `prepareStatement` only: other ways
  /// have a parser of the driver's in front, which knows `backup to` and `restore from`.
  public SQLiteConnection jdbc() {
    return connection;
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
    return inspection == null ? -1 : inspection.errorOffset(permit.database());
  }

  /// The counters of the statement that was prepared last; null if there is no way into SQLite.
  public @Nullable StatementCounters counters() {
    return inspection == null
        ? null
        : new StatementCounters(inspection, inspection.newestStatement(permit.database()));
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
