package dev.burgage.node.migrate;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import java.util.function.Function;

/// Databases for our own purposes: one that was closed is closed again, and does not count as used.
/// Thread-safe.
///
/// @param databases of the node
/// @param files know when a database was last used
public record Closed(OpenDatabases databases, DatabaseFiles files) {
  static DatabaseIdentity identity(Target target) {
    return new DatabaseIdentity(target.database(), target.generation());
  }

  /// Runs a task on the database, at whatever version it is.
  public <T> T with(Target target, Function<SqliteDatabase, T> task) {
    DatabaseIdentity identity = identity(target);
    if (databases.isOpen(identity)) {
      return on(identity, target, task);
    }
    long lastUsed = files.lastUsedMillis(identity.database(), identity.generation());
    try {
      return on(identity, target, task);
    } finally {
      if (databases.closeUnlessUsed(identity) && lastUsed != 0) {
        files.setLastUsed(identity.database(), identity.generation(), lastUsed);
      }
    }
  }

  private <T> T on(DatabaseIdentity identity, Target target, Function<SqliteDatabase, T> task) {
    try (OpenDatabases.Borrowed borrowed = databases.borrowAsItIs(identity, target.limits())) {
      return task.apply(borrowed.database());
    }
  }
}
