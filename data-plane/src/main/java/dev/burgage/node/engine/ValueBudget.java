package dev.burgage.node.engine;

import dev.burgage.protocol.binding.SqlLimits;

/// How long a value may be in a statement, so that all values that it can hold at once stay within
/// a budget. SQLite bounds each value but not their sum: `max(randomblob(4000000), …)` with a
/// thousand arguments took 4 GB, and no interrupt stops it. Stateless.
final class ValueBudget {
  /// workerd's limit of one value.
  static final int VALUE_BYTES_MAX = 4 * 1024 * 1024;

  private static final long STATEMENT_BYTES_MAX = 256L * 1024 * 1024;
  private static final int VALUE_BYTES_LEAST = 16 * 1024;
  // Two objects of this size, all of small members, take json_patch some seconds.
  private static final int QUADRATIC_BYTES_MAX = 128 * 1024;
  // A trigger's program has registers of its own, and may run inside itself.
  private static final int TRIGGER_DEPTH_MAX = 10;

  private ValueBudget() {}

  /// @return the most bytes that one value may have while the program runs
  static int valueBytesMax(Program program, SqlLimits limits) {
    long values = Math.max(1, program.values());
    long depth = program.triggers() ? TRIGGER_DEPTH_MAX : 1;
    long most = program.quadratic() ? QUADRATIC_BYTES_MAX : VALUE_BYTES_MAX;
    // The time of all comparisons with patterns together stays that of the usual patterns.
    long slower =
        program.patterns()
            ? Math.ceilDiv(limits.patternBytesMax(), SqlLimits.DEFAULT.patternBytesMax())
            : 1;
    long share = STATEMENT_BYTES_MAX / depth / slower / values;
    return (int) Math.clamp(share, (long) VALUE_BYTES_LEAST, most);
  }
}
