package dev.burgage.node.engine;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.crash.Evidence;
import dev.burgage.node.engine.SqliteDatabase.ApartTask;
import dev.burgage.node.engine.StatementSlots.Slot;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/// A long look of our own at a file that nobody writes: it takes turns with the statements of
/// tenants, and ends at a time.
///
/// @param identity whose file it is
public record FileLook(Path file, DatabaseIdentity identity, EngineSettings settings) {
  /// Runs a task on a connection that cannot write and is closed afterwards. Blocks.
  ///
  /// @param what for people, should the process die of it
  /// @throws StatementFailedException if the task fails, or its time is over
  public <T> T run(String what, long deadlineNanos, ApartTask<T> task) {
    Evidence.Mark mark = settings.evidence().takeIfFree();
    Slot slot = settings.slots().enterAside(identity.database(), deadlineNanos);
    if (slot == null) {
      throw SqliteDatabase.overloaded();
    }
    try (GuardedConnection guarded = open()) {
      if (mark != null) {
        mark.runningOwn(identity.database(), identity.generation(), what);
      }
      guarded.callWhileRunning(() -> {
        slot.pause(deadlineNanos);
        return System.nanoTime() - deadlineNanos < 0;
      });
      return guarded.as(
          Policy.TRUSTED,
          connection -> {
            for (String pragma :
                new String[] {"trusted_schema=OFF", "cell_size_check=ON", "query_only=ON"}) {
              try (PreparedStatement statement = connection.prepareStatement("PRAGMA " + pragma)) {
                statement.execute();
              }
            }
            return task.run(connection);
          });
    } catch (SQLException e) {
      throw StatementFailedException.isInterrupt(e)
          ? StatementFailedException.timeout()
          : StatementFailedException.of(e);
    } finally {
      slot.leave();
      if (mark != null) {
        mark.leave();
      }
    }
  }

  private GuardedConnection open() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    return settings.guard().open(config, "jdbc:sqlite:" + file);
  }
}
