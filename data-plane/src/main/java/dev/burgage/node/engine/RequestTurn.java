package dev.burgage.node.engine;

import dev.burgage.node.crash.Evidence;
import dev.burgage.node.engine.StatementSlots.Slot;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/// The request whose statements run on a connection now: until when, in whose slot, and what the
/// next process shall know if this one dies of it. One request at a time, by one thread; only
/// [#check] and [#blame] are called by another, the watchdog.
final class RequestTurn {
  private final SQLiteConnection connection;
  private final DatabaseIdentity identity;
  private final Evidence evidence;
  private final @Nullable DiskPace pace;
  private final @Nullable Commits commits;
  private final BooleanSupplier refused;

  private final Object running = new Object();
  private volatile @Nullable Slot slot; // set with the lock
  private Evidence.@Nullable Mark mark;
  private long deadlineNanos;
  private boolean interrupted;
  private long overdueNanos;

  /// @param pace of a writer
  /// @param commits of a writer
  /// @param refused whether what runs is to end before its time
  RequestTurn(
      SQLiteConnection connection,
      DatabaseIdentity identity,
      Evidence evidence,
      @Nullable DiskPace pace,
      @Nullable Commits commits,
      BooleanSupplier refused) {
    this.connection = connection;
    this.identity = identity;
    this.evidence = evidence;
    this.pace = pace;
    this.commits = commits;
    this.refused = refused;
  }

  void begin(Slot slot, long deadlineNanos) {
    if (mark == null) {
      mark = evidence.take();
    }
    synchronized (running) {
      this.slot = slot;
      this.deadlineNanos = deadlineNanos;
      this.interrupted = false;
      this.overdueNanos = 0;
    }
    if (pace != null) {
      pace.begin();
    }
  }

  /// This is about to run: if the process dies of it, the next one knows.
  void running(String sql) {
    if (mark != null) {
      mark.running(identity.database(), identity.generation(), sql);
    }
  }

  /// @return whether the statements were interrupted
  boolean end() {
    boolean stopped;
    synchronized (running) {
      slot = null;
      stopped = interrupted;
    }
    if (mark != null) {
      mark.leave();
      mark = null;
    }
    return stopped;
  }

  /// In the midst of a statement, by its thread: lets others run, and the disk catch up. A commit
  /// that a task has made just now does not wait for the task's end either: readers who have seen
  /// it wait until it is recorded.
  ///
  /// @return whether the statement goes on
  boolean pause() {
    if (commits != null && commits.hasUnrecorded() && !commits.recordEarly()) {
      return false;
    }
    Slot held = slot; // its own thread sets it
    if (held != null) {
      held.pause(deadlineNanos);
      if (pace != null) {
        pace.keep(held, deadlineNanos);
      }
    }
    return true;
  }

  /// Interrupts statements whose time is over, or that are refused, and moves those aside that
  /// cannot be paused. The lock makes sure that an interrupt never reaches a statement that comes
  /// later: SQLite keeps an interrupt pending until no statement of the connection runs.
  ///
  /// @param passedNanos since the last check
  /// @param unpausedNanos that a statement may run without a pause
  /// @return for how long a statement has gone on after it was interrupted first
  long check(long nowNanos, long passedNanos, long unpausedNanos) {
    if (slot == null) {
      return 0; // as it is with nearly all of some thousand connections
    }
    synchronized (running) {
      Slot slot = this.slot;
      if (slot == null) {
        return 0;
      }
      if (nowNanos - deadlineNanos > 0 || refused.getAsBoolean()) {
        overdueNanos += interrupted ? passedNanos : 0;
        interrupted = true;
        interrupt();
      } else if (nowNanos - slot.sliceNanos() > unpausedNanos) {
        slot.moveAside();
      }
      return overdueNanos;
    }
  }

  private void interrupt() {
    try {
      connection.getDatabase().interrupt();
    } catch (SQLException e) {
      throw new IllegalStateException("SQLite could not be interrupted", e);
    }
  }

  /// Leaves word for the next process that this one had to end because of what runs here.
  ///
  /// @return the database; empty if nothing runs any more
  Optional<DatabaseIdentity> blame() {
    synchronized (running) {
      if (slot == null || mark == null) {
        return Optional.empty();
      }
      mark.blame();
      return Optional.of(identity);
    }
  }
}
