package dev.burgage.migrations.rollout;

/// What an operator can ask of a rollout.
public sealed interface Verb {
  /// @param plan the id of the plan that was looked at
  record Start(String plan) implements Verb {}

  record Pause() implements Verb {}

  record Resume() implements Verb {}

  /// Give it up.
  ///
  /// @param undo whether to put back what was applied
  record Abort(boolean undo) implements Verb {}

  /// Try failed targets again.
  record Retry() implements Verb {}

  /// Leave targets where they are.
  record Exclude() implements Verb {}

  /// Take targets for applied.
  record MarkApplied() implements Verb {}

  /// Let the rollout pass the gate of a wave.
  record Approve(int wave) implements Verb {}
}
