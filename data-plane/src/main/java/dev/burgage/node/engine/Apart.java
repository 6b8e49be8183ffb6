package dev.burgage.node.engine;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.crash.Evidence;
import dev.burgage.node.engine.SqliteDatabase.ApartTask;
import dev.burgage.node.engine.SqliteDatabase.MarkedTask;
import dev.burgage.protocol.Bookmark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Connections to one database for tasks of our own, each for one task. Thread-safe.
record Apart(
    DatabaseIdentity identity,
    Evidence evidence,
    Connections connections,
    Commits commits,
    WriteQueue writes) {
  private static final String DISTRUST = "PRAGMA trusted_schema=OFF";

  /// See [SqliteDatabase#apart].
  <T> T run(String what, ApartTask<T> task) {
    return marked(
        what,
        guarded ->
            guarded.as(
                Policy.TRUSTED,
                connection -> {
                  execute(connection, DISTRUST);
                  return task.run(connection);
                }));
  }

  /// See [SqliteDatabase#apartAt].
  <T> T run(String what, BooleanSupplier pulse, MarkedTask<T> task) {
    return marked(
        what,
        guarded -> {
          guarded.callWhileRunning(pulse);
          Bookmark bookmark = writes.exclusively(_ -> begin(guarded));
          return guarded.as(Policy.TRUSTED, connection -> task.run(connection, bookmark));
        });
  }

  @FunctionalInterface
  private interface Task<T> {
    T run(GuardedConnection guarded) throws SQLException;
  }

  private <T> T marked(String what, Task<T> task) {
    Evidence.Mark mark = evidence.takeIfFree();
    try (GuardedConnection guarded = connections.apart()) {
      if (mark != null) {
        mark.runningOwn(identity.database(), identity.generation(), what);
      }
      T result = task.run(guarded);
      commits.awaitSeen();
      return result;
    } catch (SQLException e) {
      throw StatementFailedException.of(e);
    } finally {
      if (mark != null) {
        mark.leave();
      }
    }
  }

  // A snapshot begins with the first page that is read. By the thread that has the writer.
  private Bookmark begin(GuardedConnection guarded) throws SQLException {
    return guarded.as(
        Policy.TRUSTED,
        connection -> {
          for (String sql : List.of(DISTRUST, "BEGIN", "SELECT 1 FROM sqlite_schema")) {
            execute(connection, sql);
          }
          return commits.bookmark();
        });
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }
}
