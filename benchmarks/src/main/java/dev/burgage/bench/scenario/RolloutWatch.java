package dev.burgage.bench.scenario;

import dev.burgage.bench.measure.JvmHeap;
import dev.burgage.bench.peer.BurgageApi;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import tools.jackson.databind.JsonNode;

/// Follows a rollout from its start until each tenant is migrated or stamped; pauses it there. It
/// may look at the control plane's heap halfway, which costs a JVM's start and a full collection.
final class RolloutWatch {
  private static final Duration EACH = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofHours(2);

  private final BurgageApi api;
  private final String pool;
  private final OptionalLong heapOf;
  private final CompletableFuture<String> id = new CompletableFuture<>();
  private final FutureTask<Seen> task;

  /// @param rollout its id
  /// @param heapKib the control plane's halfway, after a collection; 0 if it was not looked at
  /// @param plannedNanos until the request that plans and starts it was answered
  /// @param liveNanos until the last one was migrated, from the start on
  /// @param settledNanos until nobody was pending
  record Seen(
      String rollout,
      JsonNode counts,
      long heapKib,
      long plannedNanos,
      long liveNanos,
      long settledNanos) {}

  private RolloutWatch(BurgageApi api, String pool, OptionalLong heapOf, Map<String, ?> request) {
    this.api = api;
    this.pool = pool;
    this.heapOf = heapOf;
    this.task = new FutureTask<>(() -> watch(request));
  }

  /// @param heapOf process id of the JVM to look at
  static RolloutWatch start(
      BurgageApi api, String pool, OptionalLong heapOf, Map<String, ?> request) {
    var watch = new RolloutWatch(api, pool, heapOf, request);
    Thread.ofPlatform().daemon().start(watch.task);
    return watch;
  }

  /// Pauses the rollout or has it go on; does nothing to one that has settled.
  void turn(boolean on) throws IOException {
    String rollout = id.join();
    if (isOn()) {
      say(rollout, on ? "resume" : "pause");
    }
  }

  private void say(String rollout, String verb) throws IOException {
    try {
      api.say(pool, rollout, verb);
    } catch (IOException e) {
      if (!api.rollout(pool, rollout).path("state").asString().equals("finished")) {
        throw e;
      }
    }
  }

  boolean isOn() {
    return !task.isDone();
  }

  Seen seen() throws IOException, InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IOException("the rollout could not be followed", e.getCause());
    }
  }

  private Seen watch(Map<String, ?> request) throws IOException, InterruptedException {
    long start = System.nanoTime();
    String rollout;
    try {
      rollout = api.startRollout(pool, request);
    } catch (IOException | RuntimeException e) {
      id.completeExceptionally(e);
      throw e;
    }
    long planned = System.nanoTime() - start;
    id.complete(rollout);
    JsonNode counts = api.rollout(pool, rollout).path("counts");
    long pendingFirst = counts.path("pending").asLong();
    long applied = -1;
    long live = 0;
    long heap = 0;
    while (counts.path("pending").asLong() > 0) {
      if (System.nanoTime() - start > LONGEST.toNanos()) {
        throw new IOException("the rollout did not get on: " + counts);
      }
      Thread.sleep(EACH);
      boolean isHalfway = counts.path("pending").asLong() < pendingFirst / 2;
      if (heap == 0 && isHalfway && heapOf.isPresent()) {
        heap = JvmHeap.usedAfterCollection(heapOf.getAsLong());
      }
      counts = api.rollout(pool, rollout).path("counts");
      if (counts.path("applied").asLong() != applied) {
        applied = counts.path("applied").asLong();
        live = System.nanoTime() - start;
      }
    }
    long settled = System.nanoTime() - start;
    say(rollout, "pause");
    counts = api.rollout(pool, rollout).path("counts");
    return new Seen(rollout, counts, heap, planned, live, settled);
  }
}
