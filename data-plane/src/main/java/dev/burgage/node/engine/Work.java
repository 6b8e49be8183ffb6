package dev.burgage.node.engine;

import dev.burgage.node.memory.RequestMemory;
import dev.burgage.node.sql.Access;
import dev.burgage.node.sql.Script;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A request's statements: they run in one transaction, all or none.
///
/// @param access the strictest of the steps' accesses
/// @param deadlineNanos `System.nanoTime()` at which the statements are stopped
/// @param mayWrite whether whoever sent them may do more than read
/// @param memory of the request; the caller closes it when the answer is sent
public record Work(
    List<Step> steps,
    Access access,
    boolean mayWrite,
    long deadlineNanos,
    RequestMemory.Share memory) {
  /// A script with the parameters of its last statement; it gives one result, that of its last
  /// statement.
  public record Step(Script script, List<@Nullable Object> parameters) {}

  int statements() {
    int count = 0;
    for (Step step : steps) {
      count += step.script().statements().size();
    }
    return count;
  }

  boolean changesSchema() {
    return any(Script::changesSchema);
  }

  boolean setsPragma() {
    return any(Script::setsPragma);
  }

  private boolean any(Predicate<Script> holds) {
    for (Step step : steps) {
      if (holds.test(step.script())) {
        return true;
      }
    }
    return false;
  }
}
