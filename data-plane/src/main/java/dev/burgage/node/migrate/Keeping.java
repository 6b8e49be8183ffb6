package dev.burgage.node.migrate;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.undo.KeptCopies;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The copies of one database around one change of its history: older ones hear of it before, and a
/// new one is made if it is wanted. By the thread that has the writer, for as long as it has it.
final class Keeping {
  private final KeptCopies copies;
  private final @Nullable UUID rollout;
  private final Runnable keptNow;
  private final DatabaseIdentity identity;
  private List<UUID> marked = List.of();
  private boolean kept;

  /// @param rollout for which the state before is kept; null keeps none
  /// @param keptNow is told when it is about to be: [SqliteDatabase#keptNow()] if the database is
  ///   open
  Keeping(KeptCopies copies, @Nullable UUID rollout, Runnable keptNow, DatabaseIdentity identity) {
    this.copies = copies;
    this.rollout = rollout;
    this.keptNow = keptNow;
    this.identity = identity;
  }

  void before(GuardedConnection connection, @Nullable String version) throws SQLException {
    try {
      marked = copies.markWritten(identity);
      if (rollout != null) {
        // First: whatever goes wrong from here on, the next write is one after a clean copy.
        keptNow.run();
        copies.keep(rollout, identity, connection, version);
        kept = true;
      }
    } catch (IOException e) {
      throw notKept(e);
    } catch (SQLException e) {
      throw notKept(e);
    }
  }

  private static SQLException notKept(Exception e) {
    return new SQLException(
        "its state before the migration cannot be kept (%s), so it is as it was; make room and retry"
            .formatted(reason(e)),
        e);
  }

  // Of a file that cannot be written the message begins with its path, another one each time.
  private static String reason(Exception e) {
    return e instanceof FileSystemException file && file.getReason() != null
        ? file.getReason()
        : String.valueOf(e.getMessage());
  }

  /// @param changed whether the change was committed
  void after(boolean changed) throws SQLException {
    if (changed) {
      return;
    }
    try {
      copies.markClean(identity, marked);
      if (rollout != null && kept) {
        copies.remove(rollout, identity);
      }
    } catch (IOException e) {
      throw new SQLException("the copy of a failed migration cannot be removed", e);
    }
  }
}
