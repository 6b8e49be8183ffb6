package dev.burgage.node.engine;

import java.time.Duration;
import java.util.function.Consumer;

/// What is done about a statement that goes on after it was interrupted. SQLite looks for an
/// interrupt between some steps of a program only; one step, or many in a row, may take minutes.
/// Only the end of the process stops that.
///
/// @param patience how long it may go on; zero for ever
/// @param end ends the process; told the database
public record Overrun(Duration patience, Consumer<DatabaseIdentity> end) {
  /// Nothing is done.
  public static final Overrun ENDURED = new Overrun(Duration.ZERO, _ -> {});

  boolean exceeds(long nanos) {
    return !patience.isZero() && nanos > patience.toNanos();
  }
}
