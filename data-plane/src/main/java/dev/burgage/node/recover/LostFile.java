package dev.burgage.node.recover;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.DatabaseLog;
import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.ship.NodeStore;
import dev.burgage.node.ship.RestoreOutcome;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Makes the file of a database that is not on the disk. What this node's log has of it must be in
/// the file to the last commit; of a database that the log does not know, it is what the store has.
/// Thread-safe, for each database one at a time.
///
/// @param temporary a folder on the same disk, which a start empties
record LostFile(Path temporary, DatabaseFiles files, CommitLog log, NodeStore store) {
  boolean isThere(DatabaseIdentity identity) {
    return Files.exists(path(identity));
  }

  private Path path(DatabaseIdentity identity) {
    return files.path(identity.database(), identity.generation());
  }

  /// What was made.
  ///
  /// @param bookmark of its newest commit
  /// @param isAll nothing that was acknowledged is missing: the log says what that was
  record Made(Bookmark bookmark, boolean isAll) {}

  /// Makes it, unless it is there. The log knows of all that is in it before it gets its name; a
  /// process that dies meanwhile leaves none.
  ///
  /// @return null if it is there
  /// @throws GoneException if neither log nor store has it
  /// @throws dev.burgage.node.store.StoreException if the store does not answer
  @Nullable Made make(DatabaseIdentity identity) throws IOException {
    if (isThere(identity)) {
      return null;
    }
    Path made = temporary.resolve("recover-" + UUID.randomUUID());
    try {
      log.requireRoom();
      LogRecord last = log.findLast(identity.database());
      LogRecord end = restored(identity.database(), last, made).end();
      files.removeLeftovers(identity.database(), identity.generation());
      if (last == null) {
        goOn(identity, end);
      } else {
        await(DatabaseLog.remade(log, identity.database(), identity.generation(), path(identity)));
      }
      files.adopt(identity.database(), identity.generation(), made);
      long second = end.bookmark().second();
      files.setLastUsed(identity.database(), identity.generation(), 1_000 * second);
      return new Made(end.bookmark(), last != null);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  private RestoreOutcome.Restored restored(DatabaseId database, @Nullable LogRecord last, Path made)
      throws IOException {
    if (last != null && last.kind() == Kind.DELETED) {
      throw gone(database, "the node's log says that it was deleted");
    }
    RestoreOutcome outcome =
        last == null
            ? store.restore().toNewest(database, made)
            : store.restore().toBookmark(database, last.bookmark(), store.local(), made);
    return switch (outcome) {
      case RestoreOutcome.Restored restored -> restored;
      case RestoreOutcome.Deleted(Instant at) -> throw gone(database, "it was deleted at " + at);
      case RestoreOutcome.NoSuchDatabase _ ->
          throw gone(
              database,
              "the object store has nothing of it either: nothing that was committed to it was"
                  + " shipped, or BURGAGE_STORE or BURGAGE_CELL are not what they were");
      case RestoreOutcome.NotShipped(Bookmark newest) ->
          throw incomplete(database, last, "the newest that there is is " + newest);
      case RestoreOutcome.NotKept(Bookmark before) ->
          throw incomplete(database, last, "it is not kept; the newest before it is " + before);
      case RestoreOutcome.OfAnotherHistory _ ->
          throw incomplete(database, last, "the object store has another commit in its place");
    };
  }

  private static GoneException gone(DatabaseId database, String why) {
    return new GoneException(
        "The file of database %s is missing on its node, and %s.".formatted(database, why));
  }

  private static IOException incomplete(DatabaseId database, @Nullable LogRecord last, String why) {
    return new IOException(
        "The file of database %s is missing on its node, and cannot be made as of commit %s, the last in the node's log: %s."
            .formatted(database, last == null ? "none" : last.bookmark(), why));
  }

  private void goOn(DatabaseIdentity identity, LogRecord end) throws IOException {
    DatabaseId database = identity.database();
    store.goOn(database, identity.generation(), end.key().transaction() + 1);
    await(DatabaseLog.goOn(log, database, identity.generation(), path(identity), end));
  }

  private static void await(DatabaseLog.Recorded recorded) throws IOException {
    try {
      recorded.durable().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
  }
}
