package dev.burgage.migrations.guard;

import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;

/// Calls back in the midst of a connection's statements, every few tens of microseconds as far as
/// SQLite can be left at all: between two instructions of its virtual machine. SQLite counts
/// instructions, and one may take a nanosecond or, building a text, milliseconds; so the count
/// follows the time. It starts small with each request, because nothing is known of that yet. Used
/// by the thread that uses the connection.
final class Pulse {
  private static final int FIRST_INSTRUCTIONS = 64;

  /// So that a cheap statement that turns expensive is met soon. A call costs some 50 ns.
  private static final int INSTRUCTIONS_MAX = 256;

  private static final long SHORT_NANOS = 20_000;
  private static final long LONG_NANOS = 100_000;
  private static final int SHORTEN_BY = 8;

  private final Progress progress;
  private final MemorySegment database;
  private final long number;
  private final BooleanSupplier goesOn;
  private int instructions;
  private long lastNanos;

  Pulse(Progress progress, MemorySegment database, long number, BooleanSupplier goesOn) {
    this.progress = progress;
    this.database = database;
    this.number = number;
    this.goesOn = goesOn;
  }

  /// Before the statements of a request.
  void begin() {
    if (instructions != FIRST_INSTRUCTIONS) {
      every(FIRST_INSTRUCTIONS);
    }
    lastNanos = System.nanoTime();
  }

  /// @return whether the statement goes on
  boolean beat() {
    long passed = System.nanoTime() - lastNanos;
    if (passed > LONG_NANOS && instructions > 1) {
      every(Math.max(1, instructions / SHORTEN_BY));
    } else if (passed < SHORT_NANOS && instructions < INSTRUCTIONS_MAX) {
      every(2 * instructions);
    }
    boolean answer = goesOn.getAsBoolean();
    lastNanos = System.nanoTime(); // what it waited is not the statement's
    return answer;
  }

  private void every(int count) {
    progress.callEvery(database, count, number);
    instructions = count;
  }
}
