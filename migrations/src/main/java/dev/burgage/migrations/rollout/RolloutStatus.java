package dev.burgage.migrations.rollout;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A rollout at one moment: all that decisions are made of.
///
/// @param plan names what was decided when it was planned
/// @param openWave the last wave that was opened, -1 for none
/// @param waves in order, at least one
/// @param undoUntil until when it can be undone; null if it cannot
public record RolloutStatus(
    RolloutState state,
    String plan,
    int openWave,
    List<WaveStatus> waves,
    @Nullable Instant undoUntil) {
  public RolloutStatus {
    waves = List.copyOf(waves);
  }

  public WaveCounts total() {
    return waves.stream().map(WaveStatus::counts).reduce(WaveCounts.NONE, WaveCounts::plus);
  }

  int lastWave() {
    return waves.size() - 1;
  }

  List<WaveStatus> opened() {
    return waves.subList(0, openWave + 1);
  }

  /// The opened waves whose gates are broken and not overridden.
  public List<WaveStatus> broken() {
    return opened().stream().filter(wave -> wave.breach(wave.endedAt() != null) != null).toList();
  }

  /// The first gate that is broken, or null.
  @Nullable Breach breach() {
    for (WaveStatus wave : opened()) {
      Breach breach = wave.breach(wave.endedAt() != null);
      if (breach != null) {
        return breach;
      }
    }
    return null;
  }
}
