package dev.burgage.node.statistics;

import dev.burgage.d1.D1Meta;
import java.util.concurrent.atomic.LongAdder;

/// Running sums. Thread-safe.
final class Sums {
  private static final double NANOS_OF_A_MILLI = 1e6;

  private final LongAdder reads = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAdder rowsRead = new LongAdder();
  private final LongAdder rowsWritten = new LongAdder();
  private final LongAdder rowsReturned = new LongAdder();

  /// The sums at one moment.
  record Values(
      long reads, long writes, long nanos, long rowsRead, long rowsWritten, long rowsReturned) {}

  Values values() {
    return new Values(
        reads.sum(),
        writes.sum(),
        nanos.sum(),
        rowsRead.sum(),
        rowsWritten.sum(),
        rowsReturned.sum());
  }

  void add(Values values) {
    reads.add(values.reads());
    writes.add(values.writes());
    nanos.add(values.nanos());
    rowsRead.add(values.rowsRead());
    rowsWritten.add(values.rowsWritten());
    rowsReturned.add(values.rowsReturned());
  }

  void add(boolean write, Cost cost) {
    D1Meta meta = cost.meta();
    (write ? writes : reads).increment();
    nanos.add((long) (meta.duration() * NANOS_OF_A_MILLI));
    rowsRead.add(meta.rowsRead());
    rowsWritten.add(meta.rowsWritten());
    rowsReturned.add(cost.rowsReturned());
  }

  long reads() {
    return reads.sum();
  }

  long writes() {
    return writes.sum();
  }

  long count() {
    return reads() + writes();
  }

  double millis() {
    return nanos.sum() / NANOS_OF_A_MILLI;
  }

  long rowsRead() {
    return rowsRead.sum();
  }

  long rowsWritten() {
    return rowsWritten.sum();
  }

  long rowsReturned() {
    return rowsReturned.sum();
  }
}
