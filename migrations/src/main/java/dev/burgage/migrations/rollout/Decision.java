package dev.burgage.migrations.rollout;

/// What comes of a verb.
public sealed interface Decision {
  /// It has been done before: nothing changes.
  record Stays() implements Decision {}

  /// The rollout goes to a state, perhaps the one that it is in.
  record Becomes(RolloutState state, Effect effect) implements Decision {}

  /// It makes no sense in this state.
  ///
  /// @param sentence why, and what can be done instead
  record Refused(String sentence) implements Decision {}

  /// What else changes.
  enum Effect {
    NONE,
    /// The gates that are broken do not stop it any more.
    OVERRIDE_GATES,
    /// All that was applied, and what is dormant, is to be undone.
    UNDO_ALL,
    /// Nodes are to forget what is dormant; what was applied stays.
    FORGET_DORMANT
  }
}
