package dev.burgage.node.engine;

import dev.burgage.migrations.guard.StatementCounters;
import dev.burgage.protocol.binding.SqlLimits;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// A tenant's prepared statement, whose values are bounded and whose effort is estimated from its
/// program and from SQLite's counters.
final class MeteredStatement extends CachedStatement {
  private final @Nullable StatementCounters counters;
  private final Program program;
  private final int valueBytesMax;

  /// @param counters of this statement, null if SQLite's cannot be reached
  MeteredStatement(
      PreparedStatement statement,
      @Nullable StatementCounters counters,
      Program program,
      SqlLimits limits)
      throws SQLException {
    super(statement);
    this.counters = counters;
    this.program = program;
    this.valueBytesMax = ValueBudget.valueBytesMax(program, limits);
  }

  int valueBytesMax() {
    return valueBytesMax;
  }

  /// What its last run has cost; to be asked once after each run that ended well.
  ///
  /// @param rows that it gave
  /// @param single the only value of the only row, if that is a number: what `count(*)` counted
  Effort takeEffort(long rows, long single) {
    if (counters == null) {
      return new Effort(rows, program.writesPerChange());
    }
    long counted = program.counts() ? single : 0;
    long read = counters.takeSteps() + program.positions() + counted;
    return new Effort(read, program.writesPerChange());
  }
}
