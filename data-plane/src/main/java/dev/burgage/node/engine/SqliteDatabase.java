package dev.burgage.node.engine;

import dev.burgage.d1.D1Meta;
import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.node.engine.Work.Step;
import dev.burgage.node.log.DatabaseLog.Recorded;
import dev.burgage.node.sql.Access;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.binding.SqlLimits;
import dev.burgage.protocol.error.ErrorCode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/// One open database: its writer, its readers and what is known of its last commit. This process is
/// the only one that writes the file. Thread-safe; [#close()] only when no call is under way.
public final class SqliteDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);
  private static final long SIZE_UNKNOWN = -1;

  private final Path file;
  private final DatabaseIdentity identity;
  private final EngineSettings settings;
  private final Readers readers;
  private final WriteQueue writes;
  private final Commits commits;
  private final Connections connections;
  private final Apart apart;
  private final Refusal refusal = new Refusal();
  private volatile Limits limits;
  private volatile SqlLimits sqlLimits = SqlLimits.DEFAULT;
  private volatile long sizeBytes = SIZE_UNKNOWN;
  private volatile long pageBytes;
  private volatile long lastRowId;

  /// Opens nothing yet: connections are opened when they are first needed.
  public SqliteDatabase(
      Path file, DatabaseIdentity identity, Limits limits, EngineSettings settings) {
    this.file = file;
    this.identity = identity;
    this.settings = settings;
    this.limits = limits;
    this.commits = new Commits(file, identity, settings);
    this.connections = new Connections(file, identity, commits, settings, refusal);
    this.readers = new Readers(settings.readersMax(), connections::reader);
    this.writes = new WriteQueue(this, settings);
    this.apart = new Apart(identity, settings.evidence(), connections, commits, writes);
  }

  /// Runs the work and gives its results to the sink. What looked like a read and turns out to be a
  /// write (`WITH … INSERT`) is run again on the writer; the sink is made anew for it. Work that
  /// may not write never gets to the writer, whatever it looks like.
  ///
  /// @return the bookmark of the state that was read or made
  /// @throws StatementFailedException if any statement failed; the database is as it was then
  public <S extends ResultSink> Answer<S> run(Work work, Supplier<S> sinks) {
    if (!work.mayWrite() && work.setsPragma() && settings.guard().state() == Guard.State.TRUSTED) {
      throw readOnly(); // nobody else would keep it from lifting query_only
    }
    if (work.access() == Access.READ || !work.mayWrite()) {
      S sink = sinks.get();
      Bookmark bookmark = read(work, sink);
      if (bookmark != null) {
        return new Answer<>(sink, bookmark);
      }
    }
    // A write may have to be run twice (see WriteGroup), so its rows are kept and given at the end.
    CollectedResults collected = new CollectedResults();
    Bookmark bookmark = writes.run(work, collected);
    S sink = sinks.get();
    collected.giveTo(sink);
    return new Answer<>(sink, bookmark);
  }

  /// A filled sink and the bookmark of the state it shows.
  public record Answer<S extends ResultSink>(S sink, Bookmark bookmark) {}

  /// Runs a task on the writer's connection, alone, outside of any transaction; writes of the
  /// database wait meanwhile. The task leaves no transaction open.
  public <T> T exclusively(ExclusiveTask<T> task) {
    return writes.exclusively(connection -> {
      beforeCommit();
      return task.run(connection);
    });
  }

  /// As [#exclusively], for a task that may find nothing to write: it calls [#beforeCommit] before
  /// it commits anything.
  public <T> T exclusivelyLooking(ExclusiveTask<T> task) {
    return writes.exclusively(task);
  }

  /// To be called before anything is committed, by the thread that has the writer.
  ///
  /// @throws StatementFailedException if the log has no room; nothing may be committed then
  public void beforeCommit() {
    commits.requireRoom();
  }

  /// A task for [#exclusively].
  @FunctionalInterface
  public interface ExclusiveTask<T> {
    T run(GuardedConnection connection) throws SQLException;
  }

  /// Runs a load on the writer as one transaction. Reads go on beside it; other writes of the
  /// database are refused when they would wait for it for more than about a second.
  ///
  /// @throws StatementFailedException if any statement failed; the database is as it was then
  public Load.Loaded load(Load load) {
    return writes.load(load);
  }

  /// Runs a task of our own on a connection that nobody else uses and that is closed afterwards,
  /// beside all others. The connection is JDBC's usual one, with SQLite's own limits.
  ///
  /// @param what for people, should the process die of it
  public <T> T apart(String what, ApartTask<T> task) {
    return apart.run(what, task);
  }

  /// As [#apart], in one snapshot whose bookmark is known. The writer is waited for once, for the
  /// time that a snapshot's beginning takes.
  ///
  /// @param pulse is called in the midst of statements and says whether they go on; it may block
  /// @throws StatementFailedException `overloaded` if an import has the writer
  public <T> T apartAt(String what, BooleanSupplier pulse, MarkedTask<T> task) {
    return apart.run(what, pulse, task);
  }

  /// A task for [#apartAt].
  @FunctionalInterface
  public interface MarkedTask<T> {
    T run(SQLiteConnection connection, Bookmark bookmark) throws SQLException;
  }

  /// A task for [#apart].
  @FunctionalInterface
  public interface ApartTask<T> {
    T run(Connection connection) throws SQLException;
  }

  /// Moves the write-ahead log into the database, as far as readers let it; blocks until then.
  ///
  /// @return whether all of it is there
  public boolean checkpoint() {
    return writes.checkpoint();
  }

  DatabaseIdentity identity() {
    return identity;
  }

  /// Takes no more statements, and interrupts those that run; whoever sent them is told why and to
  /// come again. Tasks of our own go on.
  ///
  /// @param why null to take statements again
  public void refuse(@Nullable String why) {
    refusal.set(why);
  }

  Refusal refusal() {
    return refusal;
  }

  /// The bookmark of a state that nothing can take away any more: all that was recorded by now.
  ///
  /// @throws StatementFailedException if the log fails
  public Bookmark durableBookmark() {
    commits.open();
    Bookmark newest = commits.bookmark();
    commits.awaitDurable();
    return newest;
  }

  /// The bookmark of the newest commit, which may not be on the disk yet. Only while something of
  /// the database is open.
  public Bookmark bookmark() {
    return commits.bookmark();
  }

  /// The bookmark of the newest commit.
  public String bookmarkText() {
    commits.open();
    return commits.bookmark().toString();
  }

  /// Whether it can be of no more use: it is to be closed, and another one opened.
  public boolean hasFailed() {
    return commits.failure() != null;
  }

  /// New limits hold from the next request on.
  public void setLimits(Limits limits) {
    this.limits = limits;
  }

  /// The pool's limits hold from the next request on, for all connections.
  public void setSqlLimits(SqlLimits sqlLimits) {
    this.sqlLimits = sqlLimits;
  }

  SqlLimits sqlLimits() {
    return sqlLimits;
  }

  // Null: one of the statements wants to write, and may.
  private @Nullable Bookmark read(Work work, ResultSink sink) {
    Bookmark bookmark = readUnconfirmed(work, sink);
    if (bookmark != null) {
      commits.awaitSeen(work.deadlineNanos());
    }
    return bookmark;
  }

  private @Nullable Bookmark readUnconfirmed(Work work, ResultSink sink) {
    try (Readers.Borrowed reader = readers.borrow(work.deadlineNanos())) {
      SqliteConnection connection = reader.connection();
      connection.limit(sqlLimits);
      Slot slot = settings.slots().enter(identity.database(), work.deadlineNanos());
      if (slot == null) {
        throw overloaded();
      }
      connection.begin(
          slot, work.deadlineNanos(), work.mayWrite() ? Policy.TENANT : Policy.TENANT_READING);
      try {
        refusal.check();
        Bookmark bookmark = commits.bookmark();
        if (sizeBytes == SIZE_UNKNOWN) {
          sizeBytes = size(connection);
        }
        readSteps(connection, work, new CountedSink(sink, work.memory()));
        return bookmark;
      } catch (SQLException | StatementFailedException e) {
        if (!work.mayWrite() && connection.isWriteRefused(e)) {
          throw readOnly();
        }
        if (!(e instanceof SQLException failed)) {
          throw e;
        }
        if (StatementFailedException.isReadOnly(failed)) {
          return null;
        }
        throw failure(failed, connection.end());
      } finally {
        connection.end();
        slot.leave();
      }
    } catch (SQLException e) {
      throw StatementFailedException.of(e);
    }
  }

  private void readSteps(SqliteConnection connection, Work work, ResultSink sink)
      throws SQLException {
    boolean snapshot = work.steps().size() > 1;
    if (snapshot) {
      connection.command("BEGIN");
    }
    try {
      if (!work.mayWrite() && work.statements() > 1) {
        prepareAll(connection, work); // one that is refused keeps the others from running
      }
      for (Step step : work.steps()) {
        long start = System.nanoTime();
        Effort effort = runStep(connection, step, sink);
        sink.end(meta(start, 0, lastRowId, /* changedDb= */ false, effort));
      }
    } finally {
      if (snapshot) {
        connection.command("ROLLBACK");
      }
    }
  }

  private static void prepareAll(SqliteConnection connection, Work work) throws SQLException {
    for (Step step : work.steps()) {
      for (String statement : step.script().statements()) {
        connection.prepare(statement);
      }
    }
  }

  /// Runs all statements of a step; the last one's result goes to the sink, without its end.
  static Effort runStep(SqliteConnection connection, Step step, ResultSink sink)
      throws SQLException {
    List<String> statements = step.script().statements();
    for (int i = 0; i < statements.size() - 1; i++) {
      connection.executeLeading(statements.get(i));
    }
    return connection.execute(statements.getLast(), step.parameters(), sink);
  }

  D1Meta meta(long startNanos, long changes, long rowId, boolean changedDb, Effort effort) {
    double millis = (System.nanoTime() - startNanos) / 1e6;
    return new D1Meta(
        settings.servedBy(),
        millis,
        changes,
        rowId,
        changedDb,
        sizeBytes,
        effort.rowsRead(),
        effort.rowsWritten(changes));
  }

  static StatementFailedException overloaded() {
    return new StatementFailedException(ErrorCode.OVERLOADED, StatementFailedException.OVERLOADED);
  }

  private static StatementFailedException readOnly() {
    return new StatementFailedException(ErrorCode.READ_ONLY, StatementFailedException.READ_ONLY);
  }

  StatementFailedException failure(SQLException e, boolean interrupted) {
    if (!interrupted || !StatementFailedException.isInterrupt(e)) {
      return commits.failure(e);
    }
    StatementFailedException refused = refusal.exception();
    return refused == null ? StatementFailedException.timeout() : refused;
  }

  SqliteConnection openWriter() throws SQLException {
    return connections.writer();
  }

  Commits commits() {
    return commits;
  }

  /// Called by the writer after each commit.
  ///
  /// @param sizeAfter what [#sizeOf] gave in the transaction or after it
  /// @param mayWait whether this thread has nothing else to do than wait for the disk
  /// @return its future is done when the commit may be acknowledged
  /// @throws StatementFailedException if it cannot be recorded: it may be there or not in the end
  Recorded committed(long sizeAfter, boolean schemaChanged, boolean mayWait) {
    Recorded recorded = mayWait ? commits.recordHere() : commits.record();
    if (schemaChanged) {
      readers.forgetStatements();
    }
    sizeBytes = sizeAfter;
    return recorded;
  }

  /// Bytes of the pages in use, as the writer sees them. In a transaction, or this begins one.
  long sizeOf(SqliteConnection writer) {
    try {
      return size(writer);
    } catch (SQLException e) {
      LOG.warn("The size of {} is not known; the one before is shown", file, e);
      return sizeBytes;
    }
  }

  void setLastRowId(long lastRowId) {
    this.lastRowId = lastRowId;
  }

  long lastRowId() {
    return lastRowId;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  Limits limits() {
    return limits;
  }

  private long size(SqliteConnection connection) throws SQLException {
    long pages =
        connection.number("PRAGMA page_count") - connection.number("PRAGMA freelist_count");
    return pages * pageBytes(connection);
  }

  /// The size of a page, which stays as the template has it.
  long pageBytes(SqliteConnection connection) throws SQLException {
    long known = pageBytes;
    if (known == 0) {
      known = connection.number("PRAGMA page_size");
      pageBytes = known;
    }
    return known;
  }

  @Override
  public void close() {
    writes.close();
    readers.close();
    connections.close();
    commits.close();
  }
}
