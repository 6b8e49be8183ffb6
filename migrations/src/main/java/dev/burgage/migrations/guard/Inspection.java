package dev.burgage.migrations.guard;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.burgage.migrations.guard.SqliteApi.Slot;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// What SQLite tells of connections and statements, and the driver does not ask. Thread-safe.
final class Inspection {
  /// Counters of `sqlite3_stmt_status` by which `OP_Next` counts its steps: loops over an index or
  /// a range (0, which sqlite3.h does not name), over a whole table, over an automatic index.
  private static final int[] STEPS = {0, 1, 3};

  /// `SQLITE_DBSTATUS_CACHE_WRITE` of sqlite3.h.
  private static final int PAGES_WRITTEN = 9;

  private final MethodHandle errorOffset;
  private final MethodHandle nextStatement;
  private final MethodHandle statementStatus;
  private final MethodHandle databaseStatus;

  Inspection(SqliteApi api) {
    this.errorOffset =
        api.shortFunction(Slot.ERROR_OFFSET, FunctionDescriptor.of(JAVA_INT, ADDRESS));
    this.nextStatement =
        api.shortFunction(Slot.NEXT_STATEMENT, FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    this.statementStatus =
        api.shortFunction(
            Slot.STATEMENT_STATUS, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    this.databaseStatus =
        api.shortFunction(
            Slot.DATABASE_STATUS,
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
  }

  int errorOffset(MemorySegment database) {
    try {
      return (int) errorOffset.invokeExact(database);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  MemorySegment newestStatement(MemorySegment database) {
    try {
      return (MemorySegment) nextStatement.invokeExact(database, MemorySegment.NULL);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  long takeSteps(MemorySegment statement) {
    try {
      long steps = 0;
      for (int counter : STEPS) {
        steps += (int) statementStatus.invokeExact(statement, counter, /* reset= */ 1);
      }
      return steps;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /// @param results room for two integers
  int pagesWritten(MemorySegment database, MemorySegment results) {
    try {
      MemorySegment highest = results.asSlice(JAVA_INT.byteSize());
      int code =
          (int)
              databaseStatus.invokeExact(database, PAGES_WRITTEN, results, highest, /* reset= */ 0);
      return code == SqliteApi.OK ? results.get(JAVA_INT, 0) : 0;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(Throwable e) {
    return new IllegalStateException("SQLite could not be asked", e);
  }
}
