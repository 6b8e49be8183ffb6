package dev.burgage.client;

import dev.burgage.protocol.PoolName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rollouts of a pool. They run on the server, with or without anyone watching. Its methods
/// throw [dev.burgage.protocol.error.BurgageException] with the server's code and text.
/// Thread-safe.
public final class Rollouts {
  private final Administration administration;
  private final String path;
  private final Pacing pacing;

  Rollouts(Administration administration, PoolName pool, Pacing pacing) {
    this.administration = administration;
    this.path = "/v1/pools/" + pool + "/rollouts";
    this.pacing = pacing;
  }

  private record TargetPage(List<RolloutTarget> targets, @Nullable String next) {}

  /// Starts to bring every tenant to the newest registered migration.
  public Rollout start() {
    return administration.post(path, Map.of(), Rollout.class);
  }

  /// Starts to bring every tenant to this version.
  public Rollout start(String version) {
    return administration.post(path, Map.of("version", version), Rollout.class);
  }

  public Rollout get(String id) {
    return administration.get(of(id), Rollout.class);
  }

  /// All targets, by tenant; pages are fetched while the stream is read.
  public Stream<RolloutTarget> targets(String id) {
    return pages(of(id) + "/targets?limit=1000");
  }

  /// The targets in this state: see [RolloutTarget#state()].
  public Stream<RolloutTarget> targets(String id, String state) {
    return pages(of(id) + "/targets?limit=1000&state=" + Paths.encoded(state));
  }

  private Stream<RolloutTarget> pages(String query) {
    return Pages.stream(cursor -> {
      TargetPage page = administration.get(Pages.at(query, cursor), TargetPage.class);
      return new Pages.Page<>(page.targets(), page.next());
    });
  }

  /// Asks until the rollout is finished, or the time is over, or the thread is interrupted, whose
  /// flag is set again then.
  ///
  /// @return the rollout as it was seen last; ask it whether it [Rollout#isFinished()]
  public Rollout await(String id, Duration within) {
    Pacing.Pauses pauses = pacing.pausesFor(within);
    Rollout rollout = get(id);
    while (!rollout.isFinished() && pauses.next(Duration.ZERO)) {
      rollout = get(id);
    }
    return rollout;
  }

  private String of(String id) {
    return path + "/" + Paths.encoded(id);
  }
}
