package dev.burgage.migrations.guard;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A connection as SQLite itself knows it: what it tells, and what it calls. Used by one thread at
/// a time, and not after the connection was closed.
final class NativeConnection {
  private final MemorySegment database;
  private final long number;
  private final Inspection inspection;
  private final Progress progress;
  private final Hardening hardening;
  private @Nullable MemorySegment results;
  private @Nullable Pulse pulse;

  /// @param number of no other connection of the process
  NativeConnection(
      MemorySegment database,
      long number,
      Inspection inspection,
      Progress progress,
      Hardening hardening) {
    this.database = database;
    this.number = number;
    this.inspection = inspection;
    this.progress = progress;
    this.hardening = hardening;
  }

  int errorOffset() {
    return inspection.errorOffset(database);
  }

  StatementCounters counters() {
    return new StatementCounters(inspection, inspection.newestStatement(database));
  }

  int pagesWritten() {
    MemorySegment room = results;
    if (room == null) {
      room = Arena.ofAuto().allocate(JAVA_INT, 2);
      results = room;
    }
    return inspection.pagesWritten(database, room);
  }

  void keepLogOnClose() {
    hardening.keepLogOnClose(database);
  }

  void enforceForeignKeys(boolean on) {
    hardening.enforceForeignKeys(database, on);
  }

  void callWhileRunning(BooleanSupplier goesOn) {
    Pulse made = new Pulse(progress, database, number, goesOn);
    progress.add(number, made);
    made.begin();
    pulse = made;
  }

  void beginRequest() {
    Pulse known = pulse;
    if (known != null) {
      known.begin();
    }
  }
}
