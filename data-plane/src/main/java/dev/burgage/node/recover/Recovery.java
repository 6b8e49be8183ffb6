package dev.burgage.node.recover;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.files.DiskFailure;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.LogFullException;
import dev.burgage.node.ship.NodeStore;
import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Files that this node's disk has lost, on their way back: each is made once, however many ask for
/// its database, and some at a time. Thread-safe.
public final class Recovery implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final Duration FAILURE_REMEMBERED = Duration.ofSeconds(2);

  private final LostFile lost;
  private final NodeStore store;
  private final ExecutorService workers;
  private final ConcurrentMap<DatabaseIdentity, CompletableFuture<Void>> making =
      new ConcurrentHashMap<>();
  private final ConcurrentMap<DatabaseIdentity, Failure> failures = new ConcurrentHashMap<>();
  private final Set<DatabaseIdentity> missing = ConcurrentHashMap.newKeySet();
  private final AtomicLong restored = new AtomicLong();
  private volatile long until;

  private record Failure(BurgageException cause, boolean isGone, long nanos) {
    boolean isYoung() {
      return System.nanoTime() - nanos < FAILURE_REMEMBERED.toNanos();
    }
  }

  /// @param data the node's data folder
  /// @param workers as many make files at once
  public Recovery(
      Path data, DatabaseFiles files, CommitLog log, NodeStore store, ExecutorService workers)
      throws IOException {
    Path temporary = Files.createDirectories(data.resolve("tmp"));
    this.lost = new LostFile(temporary, files, log, store);
    this.store = store;
    this.workers = workers;
  }

  /// Sees to it that a database's file is there: one look at the disk if it is. While it is made
  /// the caller waits, for as long as that.
  ///
  /// @throws BurgageException `not_ready` if it takes longer; `store_unavailable`, `overloaded`,
  ///   `storage_full`; `object_damaged` or `internal` if it cannot be made
  public void require(DatabaseIdentity identity, long waitMillis) {
    if (lost.isThere(identity)) {
      return;
    }
    Failure failed = failures.get(identity);
    if (failed != null && failed.isYoung()) {
      throw again(failed.cause());
    }
    await(identity, begin(identity, workers), waitMillis);
  }

  /// As [#require], of a database that is to be deleted: the log has to know it, or the store would
  /// never hear of its end. One of which there is nothing needs no more.
  public void requireForDeletion(DatabaseIdentity identity, long waitMillis) {
    try {
      require(identity, waitMillis);
    } catch (BurgageException e) {
      Failure failed = failures.get(identity);
      if (failed == null || !failed.isGone()) {
        throw e;
      }
      missing.remove(identity);
      failures.remove(identity);
    }
  }

  /// Makes a file by the calling thread, unless it is there or on its way; waits for that.
  ///
  /// @return whether it is there
  boolean make(DatabaseIdentity identity) {
    try {
      return begin(identity, Runnable::run).handle((_, failure) -> failure == null).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      return false;
    }
  }

  private CompletableFuture<Void> begin(DatabaseIdentity identity, Executor by) {
    CompletableFuture<Void> own = new CompletableFuture<>();
    CompletableFuture<Void> first = making.putIfAbsent(identity, own);
    if (first != null) {
      return first;
    }
    try {
      by.execute(() -> run(identity, own));
    } catch (RejectedExecutionException e) {
      making.remove(identity, own);
      own.completeExceptionally(notReady(identity));
    }
    return own;
  }

  private void run(DatabaseIdentity identity, CompletableFuture<Void> done) {
    try {
      LostFile.Made made = lost.make(identity);
      missing.remove(identity);
      failures.remove(identity);
      if (made != null) {
        restored.incrementAndGet();
        LOG.info(
            "Database {} is back as of {}, bookmark {}: {}",
            identity.database(),
            Instant.ofEpochSecond(made.bookmark().second()),
            made.bookmark(),
            made.isAll() ? "all that the log knows" : "what was not shipped after it is lost");
      }
      making.remove(identity, done);
      done.complete(null);
    } catch (IOException | RuntimeException | Error e) {
      BurgageException refused = refusal(identity, e);
      missing.add(identity);
      if (failures.put(
              identity, new Failure(refused, e instanceof GoneException, System.nanoTime()))
          == null) {
        if (e instanceof GoneException) {
          LOG.warn("Database {} is lost: {}", identity.database(), e.getMessage());
        } else {
          LOG.warn("Database {} is not back; it is tried again", identity.database(), e);
        }
      }
      making.remove(identity, done);
      done.completeExceptionally(refused);
    }
  }

  private static BurgageException refusal(DatabaseIdentity identity, Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    ErrorCode code =
        switch (cause) {
          case BurgageException known -> known.code();
          case StoreException _ -> ErrorCode.STORE_UNAVAILABLE;
          case ObjectDamagedException _ -> ErrorCode.OBJECT_DAMAGED;
          case LogFullException _ -> ErrorCode.OVERLOADED;
          case Exception failure -> DiskFailure.of(failure).code();
          default -> ErrorCode.INTERNAL;
        };
    String detail =
        cause instanceof GoneException
            ? message
            : "The file of database %s is missing on its node and could not be made again: %s"
                .formatted(identity.database(), message);
    return new BurgageException(code, detail, cause);
  }

  private static void await(
      DatabaseIdentity identity, CompletableFuture<Void> done, long waitMillis) {
    try {
      done.get(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notReady(identity);
    } catch (TimeoutException e) {
      throw notReady(identity);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof BurgageException known ? again(known) : notReady(identity);
    }
  }

  // Each caller has one with its own way here.
  private static BurgageException again(BurgageException known) {
    return new BurgageException(known.code(), known.detail(), known);
  }

  private static BurgageException notReady(DatabaseIdentity identity) {
    return new BurgageException(
        ErrorCode.NOT_READY,
        "Database %s is being restored from the object store; try again."
            .formatted(identity.database()));
  }

  boolean isMissing(DatabaseIdentity identity) {
    return !lost.isThere(identity);
  }

  /// Takes these for all that are missing: others are not this node's any more.
  void note(Collection<DatabaseIdentity> all) {
    missing.addAll(all);
    missing.retainAll(all);
    failures.keySet().retainAll(all);
  }

  /// Finds out up to when the store has what was lost.
  void findUntil() throws StoreException {
    Long found = store.earlierLogsUntil();
    if (found != null && found != until) {
      until = found;
      LOG.warn(
          "The store has what this node logged on the disk before up to {}; what it acknowledged"
              + " later is lost",
          Instant.ofEpochSecond(found));
    }
  }

  /// Databases whose files are missing, and were not found to be lost.
  public int waitingCount() {
    return Math.max(0, missing.size() - failures.size());
  }

  /// Databases whose files could not be made again when that was tried last.
  public int failedCount() {
    return failures.size();
  }

  /// Files that this process has made again.
  public long restoredCount() {
    return restored.get();
  }

  /// Up to when the store has what this node wrote to a log that it lost, in seconds since 1970; 0
  /// if nothing is known of such a log.
  public long until() {
    return until;
  }

  /// What is under way is given up: nothing of it is visible.
  @Override
  public void close() {
    workers.shutdownNow();
    try {
      var _ = workers.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
