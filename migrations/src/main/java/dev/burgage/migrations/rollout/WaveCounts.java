package dev.burgage.migrations.rollout;

/// How many targets of a wave are in each state. A target is in one.
///
/// @param upToDate they had the version already
/// @param dormant left to their next use
/// @param undoing to be put back
/// @param undone as they were before
/// @param written changed by others after their migration, so they stay
/// @param notKept migrated, and there is nothing kept to go back to
/// @param undoFailed could not be put back
/// @param invariantFailures those of the failed for which an invariant did not hold
/// @param slow those of the applied that took longer than the gate has them take
public record WaveCounts(
    long pending,
    long applied,
    long upToDate,
    long failed,
    long dormant,
    long excluded,
    long undoing,
    long undone,
    long written,
    long notKept,
    long undoFailed,
    long invariantFailures,
    long slow) {
  public static final WaveCounts NONE = new WaveCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /// Those of which a gate takes percentages.
  public long judged() {
    return pending + applied + failed + dormant;
  }

  public WaveCounts plus(WaveCounts other) {
    return new WaveCounts(
        pending + other.pending,
        applied + other.applied,
        upToDate + other.upToDate,
        failed + other.failed,
        dormant + other.dormant,
        excluded + other.excluded,
        undoing + other.undoing,
        undone + other.undone,
        written + other.written,
        notKept + other.notKept,
        undoFailed + other.undoFailed,
        invariantFailures + other.invariantFailures,
        slow + other.slow);
  }
}
