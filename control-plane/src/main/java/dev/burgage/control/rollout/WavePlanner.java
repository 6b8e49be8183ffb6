package dev.burgage.control.rollout;

import dev.burgage.control.rollout.TargetPlan.Places;
import dev.burgage.control.rollout.TargetPlan.Size;
import dev.burgage.migrations.rollout.Gate;
import dev.burgage.migrations.rollout.WaveCounts;
import dev.burgage.migrations.rollout.WaveShare;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The waves that options make of a number of tenants. Waves that would be empty are left out.
///
/// @param places where tenants go
record WavePlanner(List<WaveRow> waves, Places places) {
  static WavePlanner of(RolloutOptions options, Size size) {
    var waves = new ArrayList<WaveRow>();
    var shares = new ArrayList<WaveShare>();
    var of = new ArrayList<RolloutOptions.NewWave>();
    RolloutOptions.Canary canary = options.canary();
    if (canary != null && canary.share() == null && size.named() > 0) {
      waves.add(wave(0, canary.gate(), options.gate(), canary.soak()));
    }
    if (canary != null && canary.share() != null) {
      shares.add(canary.share());
      of.add(new RolloutOptions.NewWave(canary.share(), canary.soak(), canary.gate()));
    }
    for (RolloutOptions.NewWave wave : options.waves()) {
      shares.add(wave.share());
      of.add(wave);
    }
    int first = waves.size();
    List<Long> kept = new ArrayList<>();
    long before = 0;
    List<Long> ends = WaveShare.ends(size.behind() - size.named(), size.behind(), shares);
    for (int i = 0; i < ends.size(); i++) {
      if (ends.get(i) > before) {
        before = ends.get(i);
        kept.add(before);
        waves.add(wave(waves.size(), of.get(i).gate(), options.gate(), of.get(i).soak()));
      }
    }
    int last = waves.size();
    waves.add(row(last, options.gate() == null ? Gate.OPEN : options.gate(), Duration.ZERO));
    return new WavePlanner(List.copyOf(waves), new Places(first, List.copyOf(kept), last));
  }

  private static WaveRow wave(int index, @Nullable Gate own, @Nullable Gate common, Duration soak) {
    Gate gate = own != null ? own : common != null ? common : Gate.NO_FAILURE;
    return row(index, gate, soak);
  }

  private static WaveRow row(int index, Gate gate, Duration soak) {
    return new WaveRow(index, gate, soak, WaveCounts.NONE, List.of(), null, null, null, false);
  }
}
