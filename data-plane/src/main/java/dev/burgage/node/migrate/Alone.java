package dev.burgage.node.migrate;

import dev.burgage.node.engine.ClosedDatabase;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.EngineSettings;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/// Databases that are closed and small, for a task that has one to itself: cheap, and whoever asks
/// for the database meanwhile waits for it to end, readers too. Thread-safe.
///
/// @param databases of the node
/// @param files know when a database was last used
/// @param engine opens them
record Alone(OpenDatabases databases, DatabaseFiles files, EngineSettings engine) {
  // A change of all that is in it takes about a tenth of a second; readers of larger ones, which
  // may wait for longer, go on beside the change.
  private static final long FILE_BYTES_MAX = 16 << 20;

  /// Runs a task that leaves the database closed. What it committed is on the disk when this
  /// returns, and the database does not count as used.
  ///
  /// @return empty if it is large or not closed; nothing ran then
  <T> Optional<T> with(Target target, Function<ClosedDatabase, T> task) {
    DatabaseIdentity identity = Closed.identity(target);
    Path file = files.path(identity.database(), identity.generation());
    if (file.toFile().length() > FILE_BYTES_MAX) {
      return Optional.empty();
    }
    ClosedDatabase database = new ClosedDatabase(file, identity, target.limits(), engine);
    return databases.whileClosed(identity, () -> run(database, task));
  }

  private <T> T run(ClosedDatabase database, Function<ClosedDatabase, T> task) {
    DatabaseIdentity identity = database.identity();
    long lastUsed = files.lastUsedMillis(identity.database(), identity.generation());
    try {
      return task.apply(database);
    } finally {
      if (lastUsed != 0) {
        files.setLastUsed(identity.database(), identity.generation(), lastUsed);
      }
    }
  }
}
