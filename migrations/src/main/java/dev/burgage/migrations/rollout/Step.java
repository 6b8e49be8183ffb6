package dev.burgage.migrations.rollout;

import java.time.Instant;

/// What the runner does next.
public sealed interface Step {
  /// Nothing, until somebody says something.
  record Rest() implements Step {}

  /// @param isLast the pool moves to the version with it
  record OpenWave(int wave, boolean isLast) implements Step {}

  /// Order the pending targets of a wave.
  record Work(int wave) implements Step {}

  /// None of its targets is pending any more.
  record EndWave(int wave) implements Step {}

  record WaitUntil(Instant time) implements Step {}

  record Halt(Breach breach) implements Step {}

  record AwaitApproval(int wave) implements Step {}

  /// Order dormant targets, slowly.
  record Trickle() implements Step {}

  /// Look for tenants that are behind and no targets; without any the rollout has finished.
  record LookForLate() implements Step {}

  /// Order targets to be put back, or to be forgotten.
  record Undo() implements Step {}

  record EndUndo() implements Step {}

  /// Have nodes refuse what is still on its way to them; then it is aborted.
  record EndAbort() implements Step {}
}
