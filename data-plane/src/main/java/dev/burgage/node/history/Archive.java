package dev.burgage.node.history;

import dev.burgage.node.files.DiskFailure;
import dev.burgage.node.log.LogDamagedException;
import dev.burgage.node.ship.Lookup;
import dev.burgage.node.ship.Lookup.Result;
import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.node.ship.Restore;
import dev.burgage.node.ship.RestoreOutcome;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All that was committed to databases, as far as it is kept: in the store, and in this node's log
/// what was not shipped yet. Thread-safe.
///
/// @param restore makes files
/// @param lookup finds commits
/// @param local this node's log
public record Archive(Restore restore, Lookup lookup, Restore.Local local, Clock clock) {
  private static final Logger LOG = LoggerFactory.getLogger(Archive.class);
  // Clocks of callers are not ours.
  private static final Duration AHEAD_MAX = Duration.ofSeconds(5);

  /// The commit that a moment stands for.
  ///
  /// @throws BurgageException `moment_not_kept`, `moment_before_creation`, `moment_unknown`,
  ///   `foreign_bookmark`, `store_unavailable`, `object_damaged`; `invalid_request` for a time that
  ///   is still to come
  Bookmark find(DatabaseId database, Moment moment) {
    return bookmark(moment, look(database, moment));
  }

  private Result look(DatabaseId database, Moment moment) {
    try {
      return switch (moment) {
        case Moment.AtBookmark(Bookmark bookmark) -> lookup.byBookmark(database, bookmark, local);
        case Moment.AtTime(Instant time) -> lookup.byTime(database, past(time), local);
      };
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private Instant past(Instant time) {
    if (time.isAfter(clock.instant().plus(AHEAD_MAX))) {
      throw new IllegalArgumentException(
          "a moment must not be in the future; got %s, and it is %s"
              .formatted(time, clock.instant()));
    }
    return time;
  }

  private static Bookmark bookmark(Moment moment, Result result) {
    return switch (result) {
      case Result.Found(Bookmark bookmark) -> bookmark;
      case Result.NotKept(Bookmark before) -> throw notKept(moment, before);
      case Result.BeforeCreation _ ->
          throw new BurgageException(
              ErrorCode.MOMENT_BEFORE_CREATION,
              "The database's first commit is younger than %s.".formatted(moment));
      case Result.Ahead(Bookmark newest) -> throw ahead(moment, newest);
      case Result.OfAnotherHistory _ -> throw foreign(moment);
      case Result.Deleted(Instant at) -> throw deleted(moment, at);
      case Result.NoSuchDatabase _ ->
          throw new BurgageException(
              ErrorCode.MOMENT_UNKNOWN, "Nothing was ever committed to the database.");
    };
  }

  private static BurgageException notKept(Moment moment, @Nullable Bookmark before) {
    String nearest =
        before == null
            ? "nothing before it is kept either"
            : "the nearest before it that is kept is %s, of %s"
                .formatted(before, Instant.ofEpochSecond(before.second()));
    return new BurgageException(
        ErrorCode.MOMENT_NOT_KEPT, "%s is not kept any more: %s.".formatted(moment, nearest));
  }

  private static BurgageException ahead(Moment moment, @Nullable Bookmark newest) {
    return new BurgageException(
        ErrorCode.MOMENT_UNKNOWN,
        "The database has no commit %s; it is another database's, or was never acknowledged%s."
            .formatted(moment, newest == null ? "" : ". Its newest is " + newest));
  }

  private static BurgageException foreign(Moment moment) {
    return new BurgageException(
        ErrorCode.FOREIGN_BOOKMARK,
        "%s is a bookmark of another database, or of commits that were given up."
            .formatted(moment));
  }

  private static BurgageException deleted(Moment moment, Instant at) {
    return new BurgageException(
        ErrorCode.MOMENT_UNKNOWN,
        "The database was deleted at %s; there is nothing of it at %s.".formatted(at, moment));
  }

  /// Makes the database's file as of a commit.
  ///
  /// @param target must not be there
  /// @throws BurgageException as [#find]
  void make(DatabaseId database, Bookmark bookmark, Path target) {
    make(restore, database, bookmark, target);
  }

  /// As [#make], a file that a crash may take away.
  void makeScratch(DatabaseId database, Bookmark bookmark, Path target) {
    make(restore.forScratch(), database, bookmark, target);
  }

  private void make(Restore by, DatabaseId database, Bookmark bookmark, Path target) {
    Moment moment = new Moment.AtBookmark(bookmark);
    try {
      switch (by.toBookmark(database, bookmark, local, target)) {
        case RestoreOutcome.Restored _ -> {
          // it is there
        }
        case RestoreOutcome.NotKept(Bookmark before) -> throw notKept(moment, before);
        case RestoreOutcome.NotShipped(Bookmark newest) -> throw ahead(moment, newest);
        case RestoreOutcome.OfAnotherHistory _ -> throw foreign(moment);
        case RestoreOutcome.Deleted(Instant at) -> throw deleted(moment, at);
        case RestoreOutcome.NoSuchDatabase _ -> throw ahead(moment, null);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  static BurgageException failure(IOException e) {
    return switch (e) {
      case StoreException store -> {
        LOG.warn("The object store failed", e);
        boolean refused = store.reason() == StoreException.Reason.REFUSED;
        yield new BurgageException(
            refused ? ErrorCode.INTERNAL : ErrorCode.STORE_UNAVAILABLE,
            "The object store failed: %s.".formatted(e.getMessage()),
            e);
      }
      case ObjectDamagedException _ -> {
        LOG.error("The past of a database cannot be made", e);
        yield new BurgageException(
            ErrorCode.OBJECT_DAMAGED, "The past cannot be made: %s.".formatted(e.getMessage()), e);
      }
      case LogDamagedException _ -> {
        LOG.error("The past of a database cannot be made", e);
        yield new BurgageException(ErrorCode.INTERNAL, String.valueOf(e.getMessage()), e);
      }
      default -> {
        LOG.error("The past of a database cannot be made", e);
        yield DiskFailure.of(e);
      }
    };
  }
}
