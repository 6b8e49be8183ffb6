package dev.burgage.node.trim;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.DatabaseLog;
import dev.burgage.node.log.HeldSegment;
import dev.burgage.node.log.RecordKey;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the log to a size. A database without commits for long costs 128 bytes each time that the
/// log has been written once over; one with commits that are not in its file is brought up to date
/// first. What the store lacks stays. For one thread.
public final class LogTrim implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogTrim.class);

  private final CommitLog log;
  private final OpenDatabases databases;
  private final DatabaseFiles files;
  private final Kept kept;
  private final LongSupplier shippedSegment;
  private final Predicate<DatabaseId> isGone;
  private volatile boolean closed;

  /// What stays of full segments.
  ///
  /// @param bytes of them
  /// @param age of one: what was deleted is gone when it is over
  public record Kept(long bytes, Duration age) {}

  /// @param shippedSegment that one and those after it have something that the store lacks
  /// @param isGone whether it is known for certain that a database is nobody's
  public LogTrim(
      CommitLog log,
      OpenDatabases databases,
      DatabaseFiles files,
      Kept kept,
      LongSupplier shippedSegment,
      Predicate<DatabaseId> isGone) {
    this.log = log;
    this.databases = databases;
    this.files = files;
    this.kept = kept;
    this.shippedSegment = shippedSegment;
    this.isGone = isGone;
  }

  /// Removes the oldest segments until what is left is not too much. What cannot be removed now,
  /// because a reader holds a database's log up for example, can later.
  public void run() throws IOException {
    HeldSegment oldest = oldest();
    while (oldest != null) {
      for (RecordKey holder : oldest.holders()) {
        if (closed) {
          return;
        }
        settle(holder);
      }
      if (!log.remove(oldest.number())) {
        return;
      }
      oldest = oldest();
    }
  }

  private @Nullable HeldSegment oldest() throws IOException {
    Instant old = log.clock().instant().minus(kept.age());
    return log.oldest(kept.bytes(), shippedSegment.getAsLong(), old);
  }

  private void settle(RecordKey holder) throws IOException {
    DatabaseIdentity identity = new DatabaseIdentity(holder.database(), holder.generation());
    try {
      Optional<Boolean> settled = databases.whileOpen(identity, SqliteDatabase::checkpoint);
      if (settled.isEmpty()) {
        settled = databases.keepClosed(identity, () -> settleClosed(identity));
      }
      if (!settled.orElse(false)) {
        LOG.debug("Database {} is in use and holds a segment of the log", holder.database());
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (RuntimeException e) {
      LOG.warn("Database {} holds a segment of the log", holder.database(), e);
    }
  }

  private boolean settleClosed(DatabaseIdentity identity) {
    Path file = files.path(identity.database(), identity.generation());
    try {
      if (!Files.exists(file)) {
        settleLost(identity, file);
        return true;
      }
      try (DatabaseLog own =
          DatabaseLog.open(log, identity.database(), identity.generation(), file)) {
        own.settle().durable().join();
        return true;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // A file that is made again has all that the log knows of, out of the store, which has all that
  // is in this segment.
  private void settleLost(DatabaseIdentity identity, Path file) throws IOException {
    if (isGone.test(identity.database())) {
      DatabaseLog.delete(log, identity.database(), identity.generation(), file);
    } else {
      DatabaseLog.remade(log, identity.database(), identity.generation(), file).durable().join();
    }
  }

  /// Ends what is under way soon.
  @Override
  public void close() {
    closed = true;
  }
}
