package dev.burgage.node.history;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.EngineSettings;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.DatabaseLog;
import dev.burgage.node.log.LogFullException;
import dev.burgage.node.log.PageDifference;
import dev.burgage.node.pool.Grace;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts the content of another file in a database's place, as one commit of that database: the log
/// takes the pages that differ, and then the file does. Thread-safe; callers block.
///
/// @param engine with a log
public record Replacement(OpenDatabases databases, DatabaseFiles files, EngineSettings engine) {
  private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);
  private static final Grace GRACE =
      new Grace(
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          "The database is being restored to another moment; try again.");
  // What a record has beside its pages.
  private static final long RECORD_BYTES = 4096;

  /// What was done.
  ///
  /// @param before the bookmark of the state that was replaced
  /// @param after of the one that took its place
  public record Replaced(Bookmark before, Bookmark after) {}

  /// @param target a whole database that nobody writes; its own id plays no part
  /// @throws BurgageException `overloaded` if somebody uses the database for longer than the grace,
  ///   or the log has no room; `storage_full` if it is larger than the limit; `conflict` if its
  ///   pages have another size; `quarantined`
  public Replaced put(DatabaseIdentity identity, Limits limits, Path target) {
    return put(identity, limits, target, _ -> true).orElseThrow();
  }

  /// As the other, if the state that it would replace is one to be replaced.
  ///
  /// @param isToGo is asked with the bookmark of the newest commit, when there can be no newer one
  /// @return empty if it is not; nothing is changed then
  /// @throws BurgageException as the other
  Optional<Replaced> put(
      DatabaseIdentity identity, Limits limits, Path target, Predicate<Bookmark> isToGo) {
    requireSize(limits, target);
    return databases
        .drained(identity, GRACE, () -> onClosed(identity, target, isToGo))
        .orElseThrow(() ->
            new BurgageException(
                ErrorCode.OVERLOADED,
                "The database is in use by a migration, an import or an export; try again."));
  }

  static void requireSize(Limits limits, Path target) {
    long bytes = target.toFile().length();
    if (bytes > limits.sizeBytesMax()) {
      throw new BurgageException(
          ErrorCode.STORAGE_FULL,
          "The database had %d bytes then, and may have %d; raise limits.sizeBytesMax first."
              .formatted(bytes, limits.sizeBytesMax()));
    }
  }

  private Optional<Replaced> onClosed(
      DatabaseIdentity identity, Path target, Predicate<Bookmark> isToGo) {
    Path file = files.path(identity.database(), identity.generation());
    CommitLog log = Objects.requireNonNull(engine.log(), "an engine without a log");
    try (DatabaseLog own =
        DatabaseLog.open(log, identity.database(), identity.generation(), file)) {
      settle(own);
      Bookmark before = own.bookmark();
      if (!isToGo.test(before)) {
        return Optional.empty();
      }
      PageDifference difference = difference(file, target);
      requireStore();
      log.requireRoom(difference.bytes() + RECORD_BYTES * (1 + difference.bytes() / (1 << 20)));
      await(own.become(difference).durable());
      takeOver(own, file);
      return Optional.of(new Replaced(before, own.bookmark()));
    } catch (LogFullException e) {
      throw new BurgageException(ErrorCode.OVERLOADED, "No write is taken: " + e.getMessage(), e);
    } catch (IOException e) {
      throw Archive.failure(e);
    }
  }

  private void requireStore() {
    if (!engine.storeHasRoom().getAsBoolean()) {
      throw new BurgageException(
          ErrorCode.OVERLOADED,
          "No write is taken: too much of the commit log waits for the object store.");
    }
  }

  private static void settle(DatabaseLog own) throws IOException {
    if (own.state() == DatabaseLog.State.NEW) {
      await(own.begin().durable());
    }
    await(own.settle().durable());
  }

  private static PageDifference difference(Path file, Path target) throws IOException {
    try {
      return PageDifference.between(file, target);
    } catch (IllegalArgumentException e) {
      throw new BurgageException(ErrorCode.CONFLICT, String.valueOf(e.getMessage()), e);
    }
  }

  // From here on it is done, whatever happens: a database that is behind its log is brought forward
  // when it is opened.
  private static void takeOver(DatabaseLog own, Path file) {
    try {
      await(own.rollForward().durable());
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} is brought up to date when it is opened next", file, e);
    }
  }

  private static void await(CompletableFuture<?> durable) throws IOException {
    try {
      durable.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
  }
}
