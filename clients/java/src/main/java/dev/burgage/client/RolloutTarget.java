package dev.burgage.client;

import org.jspecify.annotations.Nullable;

/// What became of one tenant in a rollout.
///
/// @param state `pending`, `applied`, `upToDate`, `failed`, `dormant`, `excluded`, and while and
///   after an undo `undoing`, `undone`, `written`, `notKept`, `undoFailed`
/// @param fromVersion newest migration of its database before; null if none, or not known yet
/// @param toVersion newest migration of its database after; null if none, or not known yet
/// @param error which script, which statement, what the engine said; null unless failed
public record RolloutTarget(
    String tenant,
    String state,
    @Nullable String fromVersion,
    @Nullable String toVersion,
    @Nullable String error,
    @Nullable Long durationMillis,
    @Nullable Integer attempts) {}
