package dev.burgage.node.engine;

import dev.burgage.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Whether an open database takes no more statements, because it is to be closed while others use
/// it. Tasks of our own are let go on to their end. Thread-safe.
final class Refusal {
  private volatile @Nullable String why;
  private volatile boolean ownTask;

  /// Refuses statements from now on, those that run, too.
  ///
  /// @param why null to take them again
  void set(@Nullable String why) {
    this.why = why;
  }

  boolean isSet() {
    return why != null;
  }

  /// Whether what runs on the writer's connection is to end.
  boolean endsWrites() {
    return why != null && !ownTask;
  }

  /// The writer runs a task of our own, or does not any more.
  void runsOwnTask(boolean runs) {
    ownTask = runs;
  }

  /// @throws StatementFailedException that says when to come again
  void check() {
    StatementFailedException refused = exception();
    if (refused != null) {
      throw refused;
    }
  }

  @Nullable StatementFailedException exception() {
    String reason = why;
    return reason == null ? null : new StatementFailedException(ErrorCode.NOT_READY, reason);
  }
}
