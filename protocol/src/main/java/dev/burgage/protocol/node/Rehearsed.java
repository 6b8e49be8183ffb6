package dev.burgage.protocol.node;

import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import java.util.List;

/// Answer to [Rehearse]: for each target, in the same order.
public record Rehearsed(List<OnCopy> copies) {
  public Rehearsed {
    copies = List.copyOf(copies);
  }

  /// What became of a copy.
  ///
  /// @param outcome its duration is that of the migration alone
  /// @param copyMillis how long the copy took to make
  /// @param sizeBytesBefore of the database's used pages; 0 if it could not be copied
  /// @param rowsChanged rows that the scripts inserted, updated or deleted, as SQLite counts them
  public record OnCopy(
      ApplyOutcome outcome,
      long copyMillis,
      long sizeBytesBefore,
      long sizeBytesAfter,
      long rowsChanged) {}
}
