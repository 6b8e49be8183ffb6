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

  /// Plans and starts to bring every tenant to the newest registered migration, in one wave.
  public Rollout start() {
    return administration.post(path, Map.of("start", true), Rollout.class);
  }

  /// Plans and starts to bring every tenant to this version, in one wave.
  public Rollout start(String version) {
    return administration.post(path, Map.of("start", true, "version", version), Rollout.class);
  }

  /// Decides which tenant comes in which wave, and changes nothing.
  ///
  /// @param options as `POST …/rollouts` takes them: `version`, `canary`, `waves`, `gate` and so on
  public Rollout plan(Map<String, ?> options) {
    return administration.post(path, options, Rollout.class);
  }

  /// Starts what [#plan] gave, if nothing of it has changed since.
  public Rollout start(Rollout planned) {
    return administration.post(
        of(planned.id()) + "/start", Map.of("plan", String.valueOf(planned.plan())), Rollout.class);
  }

  /// Starts what [#plan] gave although lint warns: see [Rollout#findings()]. Errors cannot be
  /// accepted.
  public Rollout startWithWarnings(Rollout planned) {
    return say(
        planned.id(),
        "start",
        Map.of("plan", String.valueOf(planned.plan()), "acceptWarnings", true));
  }

  /// What nodes are carrying out ends; nothing more is begun.
  public Rollout pause(String id) {
    return say(id, "pause", Map.of());
  }

  /// Goes on with one that is paused, or halted by a gate.
  public Rollout resume(String id) {
    return say(id, "resume", Map.of());
  }

  /// Gives it up. What was applied stays, unless it is to be undone.
  public Rollout abort(String id, boolean undo) {
    return say(id, "abort", Map.of("undo", undo));
  }

  /// Tries the failed targets again; a halted or finished rollout goes on with them.
  public Rollout retry(String id) {
    return say(id, "retry", Map.of());
  }

  /// Tries the targets again that failed by this cause.
  public Rollout retryCause(String id, String cause) {
    return say(id, "retry", Map.of("cause", cause));
  }

  /// Tries these tenants again, if they failed.
  public Rollout retry(String id, List<String> tenants) {
    return say(id, "retry", Map.of("tenants", tenants));
  }

  /// Leaves tenants where they are; they count neither for gates nor for the end.
  public Rollout exclude(String id, List<String> tenants) {
    return say(id, "exclude", Map.of("tenants", tenants));
  }

  /// Takes tenants for migrated that somebody has brought to the version by hand.
  public Rollout markApplied(String id, List<String> tenants) {
    return say(id, "mark-applied", Map.of("tenants", tenants));
  }

  /// Puts back each tenant that nobody has written to since, to the commit before the rollout's.
  public Rollout undo(String id) {
    return say(id, "undo", Map.of());
  }

  /// Lets it pass the gate of a wave.
  public Rollout approve(String id, int wave) {
    return say(id, "approve", Map.of("wave", wave));
  }

  private Rollout say(String id, String verb, Map<String, ?> body) {
    return administration.post(of(id) + "/" + verb, body, Rollout.class);
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

  /// Asks until the rollout rests (finished, halted and so on), or the time is over, or the thread
  /// is interrupted, whose flag is set again then.
  ///
  /// @return the rollout as it was seen last; ask it whether it [Rollout#isFinished()]
  public Rollout await(String id, Duration within) {
    Pacing.Pauses pauses = pacing.pausesFor(within);
    Rollout rollout = get(id);
    while (!rollout.isAtRest() && pauses.next(Duration.ZERO)) {
      rollout = get(id);
    }
    return rollout;
  }

  private String of(String id) {
    return path + "/" + Paths.encoded(id);
  }
}
