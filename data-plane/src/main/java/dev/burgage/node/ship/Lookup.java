package dev.burgage.node.ship;

import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogReader;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Finds commits of a database without making its file: by the indexes of what is in the store, and
/// a few records near the moment. Thread-safe.
public final class Lookup {
  private static final int ATTEMPTS_MAX = 4;

  private final ObjectStore store;
  private final Layout layout;

  public Lookup(ObjectStore store, Layout layout) {
    this.store = store;
    this.layout = layout;
  }

  /// What was found.
  public sealed interface Result {
    /// The commit.
    record Found(Bookmark bookmark) implements Result {}

    /// It is not kept any more, or never was one of its own.
    ///
    /// @param before the newest that is kept before it; null if there is none
    record NotKept(@Nullable Bookmark before) implements Result {}

    /// The database's first commit is younger.
    record BeforeCreation() implements Result {}

    /// Neither the store nor the log has gone so far.
    ///
    /// @param newest that they have
    record Ahead(Bookmark newest) implements Result {}

    /// The bookmark is of another database, or of a history that was abandoned.
    record OfAnotherHistory() implements Result {}

    /// The database was deleted by then.
    record Deleted(Instant at) implements Result {}

    /// Neither the store nor the log has such a database.
    record NoSuchDatabase() implements Result {}
  }

  /// The commit with a bookmark.
  ///
  /// @throws ObjectDamagedException if an object that is needed is damaged or missing
  /// @throws StoreException if the store does not answer
  public Result byBookmark(DatabaseId database, Bookmark bookmark, Restore.@Nullable Local local)
      throws IOException {
    return find(database, new Goal.At(bookmark), local);
  }

  /// The last commit that is kept and not after a time.
  ///
  /// @throws ObjectDamagedException if an object that is needed is damaged or missing
  /// @throws StoreException if the store does not answer
  public Result byTime(DatabaseId database, Instant time, Restore.@Nullable Local local)
      throws IOException {
    return find(database, new Goal.UpTo(Times.of(time)), local);
  }

  private Result find(DatabaseId database, Goal goal, Restore.@Nullable Local local)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(database, goal, local);
      } catch (StoreException e) {
        // What was listed may have been merged into something else before it was read.
        if (!e.isNotFound() || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      } catch (ObjectDamagedException e) {
        // A list of several pages is not of one moment.
        if (!e.isMissing() || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private Result attempt(DatabaseId database, Goal goal, Restore.@Nullable Local local)
      throws IOException {
    Chronicle chronicle = Chronicle.open(store, layout, database);
    Chronicle.Start start = chronicle.start(goal);
    if (start.isTooOld()) {
      return new Result.NotKept(null);
    }
    Ends ends = new Ends(goal, chronicle.newest(start, goal));
    if (local != null && !ends.isBehind) {
      try (LogReader reader = local.reader().get()) {
        // The last one again: the store may have its beginning only.
        reader.read(database, ends.last, transaction -> ends.add(transaction.end()));
      }
    }
    return result(goal, ends);
  }

  /// The last record up to the goal, and whether there is one behind it.
  private static final class Ends {
    private final Goal goal;
    private final long last;
    private @Nullable LogRecord included;
    private boolean isBehind;

    Ends(Goal goal, Chronicle.Newest stored) {
      this.goal = goal;
      this.last = stored.lastTransaction();
      this.included = stored.included();
      this.isBehind = stored.isBehind();
    }

    boolean add(LogRecord end) {
      LogRecord known = included;
      if (known != null && known.key().transaction() == end.key().transaction()) {
        return true; // the store has its end, too
      }
      if (goal.includes(end)) {
        included = end;
        return true;
      }
      isBehind = true;
      return false;
    }
  }

  private static Result result(Goal goal, Ends ends) {
    LogRecord found = ends.included;
    if (found == null) {
      return ends.isBehind ? new Result.BeforeCreation() : new Result.NoSuchDatabase();
    }
    if (goal instanceof Goal.At(Bookmark wanted) && !found.bookmark().equals(wanted)) {
      if (found.key().transaction() == wanted.transaction()) {
        return new Result.OfAnotherHistory();
      }
      return ends.isBehind
          ? new Result.NotKept(found.bookmark())
          : new Result.Ahead(found.bookmark());
    }
    return found.kind() == Kind.DELETED
        ? new Result.Deleted(Times.instant(found.time()))
        : new Result.Found(found.bookmark());
  }
}
