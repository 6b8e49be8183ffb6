package dev.burgage.node.recover;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.DatabaseLog;
import dev.burgage.node.pool.OpenDatabases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;

/// New databases' first records in the node's log. When they are shipped a database comes back from
/// the store, also one to which nobody has ever written. Thread-safe.
public final class Beginnings {
  // A larger file is hardly a template's: its pages go into the log without a look at its SHA-256.
  private static final long TEMPLATE_BYTES_MAX = 1 << 20;

  private final OpenDatabases databases;
  private final DatabaseFiles files;
  private final CommitLog log;

  public Beginnings(OpenDatabases databases, DatabaseFiles files, CommitLog log) {
    this.databases = databases;
    this.files = files;
    this.log = log;
  }

  /// Begins the log of a database whose file is there, unless it is begun or somebody opens it,
  /// which begins it. Blocks until that is on the disk, and nobody opens it meanwhile: he would
  /// find a log that does not know it, and begin a second history.
  public void begin(DatabaseIdentity identity) throws IOException {
    Path file = files.path(identity.database(), identity.generation());
    try {
      var _ = databases.keepClosed(identity, () -> begin(identity, file));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private boolean begin(DatabaseIdentity identity, Path file) {
    try (DatabaseLog own =
        DatabaseLog.open(log, identity.database(), identity.generation(), file)) {
      if (own.state() == DatabaseLog.State.NEW) {
        boolean isSmall = Files.size(file) <= TEMPLATE_BYTES_MAX;
        (isSmall ? own.begin() : own.beginWithPages()).durable().join();
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (CompletionException e) {
      throw new UncheckedIOException(new IOException(e.getCause()));
    }
  }
}
