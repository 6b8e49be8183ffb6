package dev.burgage.migrations.guard;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.burgage.migrations.guard.SqliteApi.Slot;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SQLite's progress handler for all connections (`sqlite3_progress_handler`). The driver's own
/// cannot change how often it is called while it is called. Thread-safe.
final class Progress {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
  private static final int GO_ON = 0;
  private static final int INTERRUPT = 1;

  private final MethodHandle setHandler;
  private final MemorySegment called;
  private final ConcurrentMap<Long, Pulse> pulses = new ConcurrentHashMap<>();

  Progress(SqliteApi api) {
    this.setHandler =
        api.shortFunction(
            Slot.PROGRESS_HANDLER, FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, ADDRESS, ADDRESS));
    this.called =
        SqliteApi.upcall(
            MethodHandles.lookup(),
            this,
            "called",
            FunctionDescriptor.of(JAVA_INT, ADDRESS),
            Arena.global());
  }

  void add(long number, Pulse pulse) {
    pulses.put(number, pulse);
  }

  void remove(long number) {
    pulses.remove(number);
  }

  /// Has the pulse of that number beat every so many instructions of the connection. Also in the
  /// midst of a beat: SQLite looks at the count anew after it.
  void callEvery(MemorySegment database, int instructions, long number) {
    try {
      setHandler.invokeExact(database, instructions, called, MemorySegment.ofAddress(number));
    } catch (Throwable e) {
      throw new IllegalStateException("SQLite does not call back", e);
    }
  }

  // By SQLite.
  @SuppressWarnings("unused")
  private int called(MemorySegment number) {
    try {
      @Nullable Pulse pulse = pulses.get(number.address());
      return pulse == null || pulse.beat() ? GO_ON : INTERRUPT;
    } catch (Throwable e) {
      LOG.error("A statement is interrupted, because it could not be looked after", e);
      return INTERRUPT;
    }
  }
}
