package dev.burgage.node.ship;

import dev.burgage.node.files.Durable;
import dev.burgage.node.log.Kind;
import dev.burgage.node.log.LogDamagedException;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.log.LogReader;
import dev.burgage.node.log.LogRecord;
import dev.burgage.node.log.LoggedTransaction;
import dev.burgage.node.ship.RestoreOutcome.Deleted;
import dev.burgage.node.ship.RestoreOutcome.NoSuchDatabase;
import dev.burgage.node.ship.RestoreOutcome.NotKept;
import dev.burgage.node.ship.RestoreOutcome.NotShipped;
import dev.burgage.node.ship.RestoreOutcome.OfAnotherHistory;
import dev.burgage.node.ship.RestoreOutcome.Restored;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a database's file as it was at a bookmark or a time: from the store alone, with a log that
/// has what was not shipped yet, or from that log alone. The file gets its name when all of it is
/// proven. Thread-safe.
public final class Restore {
  private static final Logger LOG = LoggerFactory.getLogger(Restore.class);
  private static final int ATTEMPTS_MAX = 4;
  // Of a database with more the store has a base in between.
  private static final int LOCAL_RECORDS_MAX = 256;

  private final ObjectStore store;
  private final Layout layout;
  private final Proof proof;
  private final boolean isScratch;

  /// Looks at a file that was made, before it gets its name.
  @FunctionalInterface
  public interface Proof {
    /// Takes the file for what it is: every byte of it comes from an object whose SHA-256 was
    /// right.
    Proof NONE = _ -> {};

    /// @throws IOException if the file is not to be used
    void check(Path file) throws IOException;
  }

  /// A node's own log, for what the store does not have yet.
  ///
  /// @param reader makes one each time
  /// @param templates of this node
  public record Local(Supplier<LogReader> reader, TemplateFiles templates) {}

  /// @param proof for example SQLite's integrity check
  public Restore(ObjectStore store, Layout layout, Proof proof) {
    this(store, layout, proof, /* isScratch= */ false);
  }

  private Restore(ObjectStore store, Layout layout, Proof proof, boolean isScratch) {
    this.store = store;
    this.layout = layout;
    this.proof = proof;
    this.isScratch = isScratch;
  }

  /// The same for files that nobody misses: it does not wait for the disk.
  public Restore forScratch() {
    return new Restore(store, layout, proof, /* isScratch= */ true);
  }

  /// Goes to one commit.
  ///
  /// @param target must not be there; a file beside it with more to its name is written first
  /// @throws ObjectDamagedException if an object that is needed is damaged or missing
  /// @throws StoreException if the store does not answer
  public RestoreOutcome toBookmark(
      DatabaseId database, Bookmark bookmark, @Nullable Local local, Path target)
      throws IOException {
    return restore(new Goal.At(bookmark), database, local, target);
  }

  /// Goes to the last commit up to a time, as far as the store, or the log, has any.
  ///
  /// @throws ObjectDamagedException if an object that is needed is damaged or missing
  /// @throws StoreException if the store does not answer
  public RestoreOutcome toTime(
      DatabaseId database, Instant time, @Nullable Local local, Path target) throws IOException {
    return restore(new Goal.UpTo(Times.of(time)), database, local, target);
  }

  /// Goes to the newest commit that the store has.
  ///
  /// @throws ObjectDamagedException if an object that is needed is damaged or missing
  /// @throws StoreException if the store does not answer
  public RestoreOutcome toNewest(DatabaseId database, Path target) throws IOException {
    return restore(Goal.NEWEST, database, /* local= */ null, target);
  }

  private RestoreOutcome restore(Goal goal, DatabaseId database, @Nullable Local local, Path target)
      throws IOException {
    Path making = target.resolveSibling(target.getFileName() + ".making");
    RestoreOutcome own =
        local != null && goal instanceof Goal.At(Bookmark bookmark)
            ? fromLocal(bookmark, database, local, making, target)
            : null;
    return own == null ? fromStore(goal, database, local, making, target) : own;
  }

  /// Without the store, if the log has all of it from the first transaction on and that is little.
  /// A hash is of all that was before it: what ends at the bookmark is what the store would give.
  private @Nullable RestoreOutcome fromLocal(
      Bookmark bookmark, DatabaseId database, Local local, Path making, Path target)
      throws IOException {
    Goal goal = new Goal.At(bookmark);
    Remake.BaseFile baseFile =
        (sha256, file) -> template(new TemplateObjects(store, layout), local, sha256, file);
    try (LogReader reader = local.reader().get();
        Remake remake = new Remake(database, making, goal::includes, baseFile)) {
      if (reader.count(database) > LOCAL_RECORDS_MAX) {
        return null;
      }
      reader.read(database, 1, transaction -> add(transaction, reader, remake));
      LogRecord ended = remake.ended();
      if (ended == null || ended.kind() == Kind.DELETED || !ended.bookmark().equals(bookmark)) {
        return null;
      }
      finish(remake, making, target);
      return new Restored(bookmark, ended.key().generation(), /* isLocal= */ true, ended);
    } catch (LogDamagedException | ObjectDamagedException e) {
      LOG.warn("The node's log cannot give database {}; the store is asked", database, e);
      return null;
    } finally {
      Files.deleteIfExists(making);
    }
  }

  private static boolean add(LoggedTransaction transaction, LogReader reader, Remake remake)
      throws IOException {
    if (remake.ended() == null && transaction.end().key().transaction() != 1) {
      return false; // its beginning is in the store only
    }
    return addAll(transaction, reader, remake);
  }

  private static boolean addAll(LoggedTransaction transaction, LogReader reader, Remake remake)
      throws IOException {
    for (LogPosition part : transaction.parts()) {
      remake.add("the log, " + part, reader.record(part), /* collapsed= */ false);
    }
    remake.add("the log", transaction.end(), /* collapsed= */ false);
    return remake.beyond() == null;
  }

  private RestoreOutcome fromStore(
      Goal goal, DatabaseId database, @Nullable Local local, Path making, Path target)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return attempt(goal, database, local, making, target);
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
      } finally {
        Files.deleteIfExists(making);
      }
    }
  }

  private RestoreOutcome attempt(
      Goal goal, DatabaseId database, @Nullable Local local, Path making, Path target)
      throws IOException {
    TemplateObjects templates = new TemplateObjects(store, layout);
    Remake.BaseFile baseFile = (sha256, file) -> template(templates, local, sha256, file);
    try (Remake remake = new Remake(database, making, goal::includes, baseFile)) {
      Chronicle chronicle = Chronicle.open(store, layout, database);
      Chronicle.Start start = chronicle.start(goal);
      if (start.isTooOld()) {
        return new NotKept(null);
      }
      chronicle.replay(remake, start, goal, /* until= */ null);
      boolean isLocal = readLocal(goal, database, local, remake);
      RestoreOutcome outcome = outcome(goal, remake, chronicle, isLocal);
      if (outcome instanceof Restored) {
        finish(remake, making, target);
      }
      return outcome;
    }
  }

  private static void template(
      TemplateObjects templates, @Nullable Local local, byte[] sha256, FileChannel file)
      throws IOException {
    Path own = local == null ? null : local.templates().find(sha256.clone());
    if (own == null) {
      templates.get(sha256, file);
    } else {
      LocalTemplate.copy(own, sha256, file);
    }
  }

  private boolean readLocal(Goal goal, DatabaseId database, @Nullable Local local, Remake remake)
      throws IOException {
    if (local == null || remake.beyond() != null || goal.isReached(remake)) {
      return false;
    }
    long before = remake.transaction();
    try (LogReader reader = local.reader().get()) {
      reader.read(database, before + 1, transaction -> addAll(transaction, reader, remake));
    }
    return remake.transaction() > before;
  }

  private static RestoreOutcome outcome(
      Goal goal, Remake remake, Chronicle chronicle, boolean isLocal) {
    LogRecord ended = remake.ended();
    LogRecord beyond = remake.beyond();
    if (ended == null) {
      if (chronicle.isEmpty() && beyond == null) {
        return new NoSuchDatabase();
      }
      return beyond == null ? new NotShipped(null) : new NotKept(null);
    }
    boolean isDeleted = ended.kind() == Kind.DELETED;
    return switch (goal) {
      case Goal.UpTo _, Goal.UpToPlace _ ->
          isDeleted
              ? new Deleted(Times.instant(ended.time()))
              : new Restored(ended.bookmark(), ended.key().generation(), isLocal, ended);
      case Goal.At(Bookmark bookmark) -> {
        if (ended.bookmark().equals(bookmark)) {
          yield isDeleted
              ? new Deleted(Times.instant(ended.time()))
              : new Restored(bookmark, ended.key().generation(), isLocal, ended);
        }
        if (ended.key().transaction() == bookmark.transaction()) {
          yield new OfAnotherHistory();
        }
        yield beyond == null ? new NotShipped(ended.bookmark()) : new NotKept(ended.bookmark());
      }
    };
  }

  private void finish(Remake remake, Path making, Path target) throws IOException {
    if (isScratch) {
      proof.check(making);
    } else {
      checkBesideSync(remake.file(), making);
    }
    Files.move(making, target, StandardCopyOption.ATOMIC_MOVE);
    Path folder = target.toAbsolutePath().getParent();
    if (folder != null && !isScratch) {
      Durable.syncFolder(folder);
    }
  }

  // The one waits for the disk and the other computes. Both end before the file gets its name.
  private void checkBesideSync(FileChannel file, Path making) throws IOException {
    FutureTask<?> sync =
        new FutureTask<>(() -> {
          file.force(/* metaData= */ true);
          return null;
        });
    var _ = Thread.ofPlatform().daemon().name("restore-sync").start(sync);
    try {
      proof.check(making);
    } finally {
      await(sync);
    }
  }

  private static void await(FutureTask<?> sync) throws IOException {
    try {
      sync.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a file was synced", e);
    }
  }
}
