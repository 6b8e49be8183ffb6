package dev.burgage.node.pool;

import dev.burgage.node.crash.Quarantine;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Bounded set of open databases. Who wants one that is closed takes a place: a free one, else that
/// of the databases longest unused, else waits a bounded time for one to be given back, else is
/// told to come again. Thread-safe.
public final class OpenDatabases implements AutoCloseable {
  /// Closing several at once makes looking for the longest unused worth its while.
  private static final int EVICTED_AT_ONCE = 16;

  private final ConcurrentMap<DatabaseIdentity, OpenDatabase> databases = new ConcurrentHashMap<>();
  private final Opener opener;
  private final Residence residence;
  private final Quarantine quarantine;
  private final Places places;
  private final LongAdder opened = new LongAdder();
  private final LongAdder evicted = new LongAdder();

  /// Knows a database's file.
  @FunctionalInterface
  public interface Opener {
    SqliteDatabase open(DatabaseIdentity identity, Limits limits);

    /// Is called before a database's file is used that was closed, and may wait a bounded time for
    /// what the file lacks.
    ///
    /// @throws BurgageException if it is not there and cannot be used for now, or at all
    default void prepare(DatabaseIdentity identity, long waitMillis) {}
  }

  /// @param max databases that may be open at once
  /// @param residence is told when tenants begin and end to use a database
  /// @param quarantine knows which must not be opened
  /// @param admissionWait how long a caller waits for a place
  public OpenDatabases(
      Opener opener, Residence residence, int max, Quarantine quarantine, Duration admissionWait) {
    this.opener = opener;
    this.residence = residence;
    this.quarantine = quarantine;
    this.places = new Places(max, admissionWait);
  }

  /// The database for a tenant, open and migrated; to be given back by closing what is returned.
  /// Waits no longer than a statement may take.
  ///
  /// @throws BurgageException as [#borrowAsItIs], and `not_ready` if it is being migrated for
  ///   longer
  public Borrowed borrow(DatabaseIdentity identity, Limits limits) {
    Borrowed borrowed = borrowAsItIs(identity, limits);
    CompletableFuture<?> begun = borrowed.held.residence(() -> residence.begins(identity, limits));
    if (!begun.isDone() || begun.isCompletedExceptionally()) {
      try {
        await(begun, identity, limits);
      } catch (RuntimeException e) {
        borrowed.close();
        throw e;
      }
    }
    return borrowed;
  }

  private static void await(CompletableFuture<?> begun, DatabaseIdentity identity, Limits limits) {
    @Nullable Throwable why;
    try {
      begun.get(limits.statementMillisMax(), TimeUnit.MILLISECONDS);
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      why = e;
    } catch (TimeoutException e) {
      why = e;
    } catch (ExecutionException e) {
      why = e.getCause();
    }
    BurgageException later = notReady(identity);
    if (why != null) {
      later.addSuppressed(why);
    }
    throw later;
  }

  private static BurgageException notReady(DatabaseIdentity identity) {
    return new BurgageException(
        ErrorCode.NOT_READY,
        "Database %s is being migrated or restored; try again.".formatted(identity.database()));
  }

  /// The database for ourselves, open, at whatever version it is; to be given back by closing what
  /// is returned.
  ///
  /// @throws BurgageException `quarantined`, `overloaded` if no place came free in time, `internal`
  ///   if it can't be opened, `not_ready` if it is kept closed for longer than a statement may take
  public Borrowed borrowAsItIs(DatabaseIdentity identity, Limits limits) {
    quarantine.check(identity.database());
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.statementMillisMax());
    while (true) {
      OpenDatabase database = databases.computeIfAbsent(identity, OpenDatabase::new);
      if (database.retain()) {
        try {
          return new Borrowed(database, opened(database, limits));
        } catch (RuntimeException e) {
          giveBack(database);
          throw e;
        }
      }
      awaitSettled(database, deadline);
    }
  }

  // It is being closed; the next one of this name is another.
  private void awaitSettled(OpenDatabase database, long deadlineNanos) {
    if (!database.awaitSettled(deadlineNanos)) {
      throw notReady(database.identity());
    }
    if (database.isRetired()) {
      databases.remove(database.identity(), database);
    }
  }

  /// For looks at a database's past, which may be as hard on SQLite as its present.
  ///
  /// @throws BurgageException `quarantined`
  public void requireFree(DatabaseIdentity identity) {
    quarantine.check(identity.database());
  }

  /// Closes the database, whoever uses it, and runs a task on its file; whoever asks for it
  /// meanwhile waits, and then sees what the task has made of it. A session that has begun sees the
  /// database as it was to its end, or is refused.
  ///
  /// @return empty if somebody uses it for longer than the grace; nothing ran then, and nobody
  ///   notices
  /// @throws BurgageException `quarantined`, `overloaded` as [#borrowAsItIs]
  public <T> Optional<T> drained(DatabaseIdentity identity, Grace grace, Supplier<T> task) {
    quarantine.check(identity.database());
    long deadline = System.nanoTime() + grace.untouched().plus(grace.refused()).toNanos();
    while (true) {
      OpenDatabase database = databases.computeIfAbsent(identity, OpenDatabase::new);
      CompletableFuture<Void> drained = new CompletableFuture<>();
      if (!database.drain(drained)) {
        awaitSettled(database, deadline);
        continue;
      }
      OpenDatabase next = null;
      try {
        if (!database.retire(grace)) {
          if (database.isRetired()) {
            continue; // somebody else has closed it
          }
          return Optional.empty();
        }
        next = closeFor(database);
      } finally {
        drained.complete(null);
      }
      return Optional.of(onClosed(next, () -> prepared(identity, task)));
    }
  }

  // The next entry is there, and kept closed, before anybody can miss this one.
  private OpenDatabase closeFor(OpenDatabase database) {
    OpenDatabase next = new OpenDatabase(database.identity());
    next.retain();
    next.keepOut();
    boolean done = false;
    try {
      closeRetired(database, () -> databases.replace(database.identity(), database, next));
      done = true;
      return next;
    } finally {
      if (!done) {
        next.admit();
        next.release();
      }
    }
  }

  private <T> T onClosed(OpenDatabase next, Supplier<T> task) {
    try {
      return inPlace(task);
    } finally {
      next.admit();
      next.release();
      evictUnopened(next);
    }
  }

  /// Runs a task on the file of a database that is closed: whoever asks for it meanwhile waits. It
  /// takes a place as an open one does.
  ///
  /// @return empty if the database is open, is being opened or is being closed; nothing ran then
  /// @throws BurgageException `quarantined`, `overloaded` as [#borrowAsItIs]
  public <T> Optional<T> whileClosed(DatabaseIdentity identity, Supplier<T> task) {
    quarantine.check(identity.database());
    return keepClosed(identity, () -> inPlace(() -> prepared(identity, task)));
  }

  private <T> T prepared(DatabaseIdentity identity, Supplier<T> task) {
    opener.prepare(identity, Limits.DEFAULT.statementMillisMax());
    return task.get();
  }

  /// As [#whileClosed], for a task that does not open the database: it takes no place.
  public <T> Optional<T> keepClosed(DatabaseIdentity identity, Supplier<T> task) {
    OpenDatabase database = databases.computeIfAbsent(identity, OpenDatabase::new);
    if (!database.retain()) {
      return Optional.empty();
    }
    try {
      return database.whileClosed(task);
    } finally {
      database.release();
      evictUnopened(database);
    }
  }

  /// Runs a task of our own on a database that is open.
  ///
  /// @return empty if it is not
  public <T> Optional<T> whileOpen(DatabaseIdentity identity, Function<SqliteDatabase, T> task) {
    OpenDatabase database = databases.get(identity);
    if (database == null || !database.retain()) {
      return Optional.empty();
    }
    try {
      SqliteDatabase open = database.open();
      return open == null ? Optional.empty() : Optional.of(task.apply(open));
    } finally {
      giveBack(database);
    }
  }

  private <T> T inPlace(Supplier<T> task) {
    places.take(this::evictIdle);
    try {
      opened.increment();
      return task.get();
    } finally {
      places.giveBack();
    }
  }

  private void evictUnopened(OpenDatabase database) {
    if (database.open() == null) {
      evict(database);
    }
  }

  /// The database of a binding, open, under its limits; see the other.
  public Borrowed borrow(Binding binding) {
    Borrowed borrowed =
        borrow(new DatabaseIdentity(binding.database(), binding.generation()), binding.limits());
    borrowed.database().setSqlLimits(binding.sqlLimits());
    return borrowed;
  }

  private SqliteDatabase opened(OpenDatabase database, Limits limits) {
    SqliteDatabase open = database.open();
    if (open == null) {
      long waitMillis = limits.statementMillisMax();
      open = database.openBy(() -> open(database.identity(), limits), waitMillis);
    }
    if (open == null) {
      throw notReady(database.identity());
    }
    open.setLimits(limits);
    return open;
  }

  // Who waits for a file takes nobody's place.
  private SqliteDatabase open(DatabaseIdentity identity, Limits limits) {
    opener.prepare(identity, limits.statementMillisMax());
    places.take(this::evictIdle);
    opened.increment();
    return opener.open(identity, limits);
  }

  private void evictIdle() {
    for (OpenDatabase database : LongestIdle.of(databases.values(), EVICTED_AT_ONCE)) {
      evict(database);
    }
  }

  private boolean evict(OpenDatabase database) {
    if (!database.retire()) {
      return false;
    }
    closeRetired(database, () -> databases.remove(database.identity(), database));
    return true;
  }

  private void closeRetired(OpenDatabase database, Runnable remove) {
    boolean wasOpen;
    try {
      wasOpen = database.closeFile(remove);
    } finally {
      remove.run();
    }
    if (wasOpen) {
      evicted.increment();
      places.giveBack();
      if (database.hasResidence()) {
        long unused = System.nanoTime() - database.lastUsedNanos();
        residence.ended(database.identity(), Duration.ofNanos(unused));
      }
    }
  }

  private void giveBack(OpenDatabase database) {
    database.release();
    if ((places.areWaitedFor() || database.hasFailed()) && database.isIdle()) {
      evict(database);
    }
  }

  /// Closes databases that nobody has used for this long.
  public void closeUnused(Duration unused) {
    long before = System.nanoTime() - unused.toNanos();
    for (OpenDatabase database : databases.values()) {
      if (database.isIdle() && database.lastUsedNanos() - before < 0) {
        evict(database);
      }
    }
  }

  /// Closes the database as soon as nobody uses it. The caller has seen to it that nobody new will
  /// ask for it.
  ///
  /// @return whether it is closed now
  public boolean closeNow(DatabaseIdentity identity, Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      OpenDatabase database = databases.get(identity);
      if (database == null || evict(database)) {
        return true;
      }
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(Duration.ofMillis(2));
    }
  }

  /// Closes the database again if nobody uses it.
  ///
  /// @return whether it is closed now and no tenant has used it since it was opened
  public boolean closeUnlessUsed(DatabaseIdentity identity) {
    OpenDatabase database = databases.get(identity);
    return database != null && evict(database) && !database.hasResidence();
  }

  public int openCount() {
    return databases.size();
  }

  public long openedCount() {
    return opened.sum();
  }

  public long evictedCount() {
    return evicted.sum();
  }

  public long refusedCount() {
    return places.refusedCount();
  }

  /// Closes all that is not in use. What is still in use is left to the operating system; SQLite
  /// recovers it.
  @Override
  public void close() {
    for (OpenDatabase database : databases.values()) {
      evict(database);
    }
  }

  /// A database for the time of one request.
  public final class Borrowed implements AutoCloseable {
    private final OpenDatabase held;
    private final SqliteDatabase database;

    private Borrowed(OpenDatabase held, SqliteDatabase database) {
      this.held = held;
      this.database = database;
    }

    public SqliteDatabase database() {
      return database;
    }

    @Override
    public void close() {
      giveBack(held);
    }
  }

  /// Whether the database is open or being opened.
  public boolean isOpen(DatabaseIdentity identity) {
    return databases.containsKey(identity);
  }
}
