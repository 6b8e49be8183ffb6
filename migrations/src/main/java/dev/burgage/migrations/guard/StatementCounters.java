package dev.burgage.migrations.guard;

import java.lang.foreign.MemorySegment;

/// SQLite's counters of one prepared statement. Used by the thread that uses the connection, and
/// never after the statement was closed or has failed: the driver has finalized it then.
public final class StatementCounters {
  private final Inspection inspection;
  private final MemorySegment statement;

  StatementCounters(Inspection inspection, MemorySegment statement) {
    this.inspection = inspection;
    this.statement = statement;
  }

  /// Steps from one row of a table or index to the next since the last call.
  public long takeSteps() {
    return inspection.takeSteps(statement);
  }
}
