package dev.burgage.node.history;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.FileLook;
import dev.burgage.node.engine.SqliteDatabase.ApartTask;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// Takes back the newest commit of databases. Thread-safe; callers block.
///
/// @param temporary for a database's file as it was before
public record Rewind(Archive archive, Replacement replacement, Path temporary) {
  private static final long LOOK_NANOS = TimeUnit.MINUTES.toNanos(1);

  /// Puts a database back to a bookmark, unless it has moved on by more than the one commit that is
  /// taken back.
  ///
  /// @param to the bookmark directly before that commit
  /// @param look is taken at what the database is put back to
  /// @return what was seen there; empty if the database has moved on: nothing is changed then
  /// @throws BurgageException as [Archive#make] and [Replacement#put]
  public <T> Optional<T> unlessMovedOn(
      DatabaseIdentity identity, Limits limits, Bookmark to, ApartTask<T> look) throws IOException {
    Path file = temporary.resolve("rewind-" + UUID.randomUUID());
    try {
      archive.makeScratch(identity.database(), to, file);
      T seen =
          new FileLook(file, identity, replacement.engine())
              .run("(a look at what an undo goes to)", System.nanoTime() + LOOK_NANOS, look);
      return replacement.put(identity, limits, file, newest -> isNext(to, newest)).map(_ -> seen);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /// Whether a bookmark is of the commit directly after another one. A database that was attached
  /// between the two counts as moved on.
  public static boolean isNext(Bookmark before, Bookmark after) {
    return after.transaction() == before.transaction() + 1;
  }
}
