package dev.burgage.node.ship;

import dev.burgage.node.log.LogRecord;
import dev.burgage.protocol.Bookmark;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What became of a restore.
public sealed interface RestoreOutcome {
  /// The file is there, whole and proven.
  ///
  /// @param bookmark of its state
  /// @param generation under which that was committed
  /// @param isLocal whether some of it, or all, came from this node's own log
  /// @param end the record that ends its last transaction
  record Restored(Bookmark bookmark, long generation, boolean isLocal, LogRecord end)
      implements RestoreOutcome {}

  /// The state is not kept any more, or never was one of its own: of each minute that is older than
  /// the time for which every commit is kept, the last commit is.
  ///
  /// @param before the newest state before it that can be restored, as far as one was met
  record NotKept(@Nullable Bookmark before) implements RestoreOutcome {}

  /// The store does not have it yet.
  ///
  /// @param newest that it has
  record NotShipped(@Nullable Bookmark newest) implements RestoreOutcome {}

  /// The bookmark is of another database, or of a history that was abandoned.
  record OfAnotherHistory() implements RestoreOutcome {}

  /// The database was deleted by then.
  record Deleted(Instant at) implements RestoreOutcome {}

  /// Neither the store nor the log has such a database.
  record NoSuchDatabase() implements RestoreOutcome {}
}
