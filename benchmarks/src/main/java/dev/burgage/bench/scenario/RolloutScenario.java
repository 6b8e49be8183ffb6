package dev.burgage.bench.scenario;

import dev.burgage.bench.measure.CpuWindow;
import dev.burgage.bench.measure.PageCache;
import dev.burgage.bench.measure.ProcessTree;
import dev.burgage.bench.peer.BurgageApi;
import dev.burgage.bench.peer.BurgageCell;
import dev.burgage.bench.peer.PoolWorker;
import dev.burgage.bench.worker.PoolSchema;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One and ten migrations over a pool of equal databases: Burgage's rollout, a loop of stock Flyway
/// with one and two threads, and the bare statements. Each round takes every pool further: first by
/// one version, then by ten. At the end Burgage's last rollout is undone.
public final class RolloutScenario {
  private static final String NAME = "rollout";
  private static final String PEER = "burgage-rollout";
  private static final String POOL = "shop";
  private static final int MANY = 10;
  // Version 1 is there from the start; version 2 is applied unmeasured, for the JITs' sake.
  private static final int WARM_VERSION = 2;
  // As a person's tool asks; when it ended is what the rollout itself says.
  private static final long POLL_MILLIS = 250;
  private static final Duration ROLLOUT_MAX = Duration.ofMinutes(20);

  private final RunPlan plan;
  private final int databases;
  private final int lastVersion;
  private final List<PoolWorker> workers = new ArrayList<>();
  private @Nullable BurgageCell cell;
  private String newest = "";

  private RolloutScenario(RunPlan plan) {
    this.plan = plan;
    databases = plan.tenants() > 0 ? plan.tenants() : plan.choose(100, 1_000);
    lastVersion = WARM_VERSION + plan.rounds() * (1 + MANY);
  }

  public static void run(RunPlan plan) throws IOException, InterruptedException {
    var scenario = new RolloutScenario(plan);
    try {
      scenario.start();
      scenario.measure();
    } finally {
      scenario.stop();
    }
  }

  private void start() throws IOException {
    Optional<String> missing = BurgageCell.missing(plan.workplace());
    if (missing.isPresent()) {
      plan.skip("burgage", missing.get());
    } else if (plan.wants(PEER)) {
      plan.say("starting Burgage with %d tenants".formatted(databases));
      startBurgage();
    }
    for (String kind : List.of("flyway", "jdbc")) {
      for (int threads : List.of(1, 2)) {
        if (plan.wants(PoolWorker.name(kind, threads))) {
          plan.say(
              "making %d databases for %s with %d threads".formatted(databases, kind, threads));
          workers.add(PoolWorker.start(plan.workplace(), kind, threads, databases, lastVersion));
        }
      }
    }
  }

  private void startBurgage() throws IOException {
    BurgageCell started = BurgageCell.start(plan.workplace(), 1);
    cell = started;
    started.api().createPool(POOL);
    register(started, 1, 1);
    for (int i = 0; i < databases; i++) {
      started.api().createTenant(POOL, "tenant-%05d".formatted(i));
    }
  }

  private void measure() throws IOException, InterruptedException {
    warmUp();
    int version = WARM_VERSION;
    for (int round = 1; round <= plan.rounds(); round++) {
      for (int step : List.of(1, MANY)) {
        Map<String, String> what =
            Map.of("migrations", "%d, over %d databases".formatted(step, databases));
        for (Turn turn : turns(version, step, what, round)) {
          PageCache.writeBack();
          turn.run();
        }
        version += step;
      }
    }
    if (cell != null) {
      undo(cell);
    }
  }

  /// One peer's migrations.
  @FunctionalInterface
  private interface Turn {
    void run() throws IOException, InterruptedException;
  }

  // Another one first in each round.
  private List<Turn> turns(int version, int step, Map<String, String> what, int round) {
    List<Turn> turns = new ArrayList<>();
    BurgageCell running = cell;
    if (running != null) {
      turns.add(() -> burgage(running, version, step, what, round));
    }
    for (PoolWorker worker : workers) {
      turns.add(() -> worker(worker, version + step, what, round));
    }
    Collections.rotate(turns, 1 - round);
    return turns;
  }

  private void undo(BurgageCell running) throws IOException, InterruptedException {
    CpuWindow window = CpuWindow.open(running.processes());
    long start = System.nanoTime();
    running.api().say(POOL, newest, "undo");
    JsonNode end = await(running.api(), newest, "undone");
    Map<String, Double> figures = figures(System.nanoTime() - start, window.close());
    int undone = end.path("counts").path("undone").asInt();
    String note = undone == databases ? null : "counts: " + end.path("counts");
    Map<String, String> what =
        Map.of("migrations", "%d taken back, over %d databases".formatted(MANY, databases));
    add(PEER, what, 1, figures, databases - undone, note);
  }

  private void warmUp() throws IOException, InterruptedException {
    if (cell != null) {
      register(cell, WARM_VERSION, WARM_VERSION);
      plan.say("warmed: " + rollOut(cell).path("counts"));
    }
    for (PoolWorker worker : workers) {
      plan.say(
          "warmed %s: %d ms".formatted(worker.name(), worker.migrate(WARM_VERSION) / 1_000_000));
    }
  }

  private void worker(PoolWorker worker, int version, Map<String, String> what, int round)
      throws IOException {
    CpuWindow window = CpuWindow.open(worker.processes());
    long nanos = worker.migrate(version);
    add(worker.name(), what, round, figures(nanos, window.close()), 0, null);
  }

  private void burgage(
      BurgageCell running, int version, int step, Map<String, String> what, int round)
      throws IOException, InterruptedException {
    register(running, version + 1, version + step);
    Map<String, ProcessTree> parts = running.parts();
    var before = new LinkedHashMap<String, Double>();
    parts.forEach((part, processes) -> before.put(part, processes.cpuMicros()));
    CpuWindow window = CpuWindow.open(running.processes());
    Instant start = Instant.now();
    JsonNode end = rollOut(running);
    long nanos =
        Duration.between(start, Instant.parse(end.path("finishedAt").asString())).toNanos();
    CpuWindow.Used used = window.close();
    var figures = figures(nanos, used);
    parts.forEach((part, processes) ->
        figures.put(
            part + "MicrosPerDatabase",
            (processes.cpuMicros() - before.getOrDefault(part, 0.0)) / databases));
    int failed = end.path("counts").path("failed").asInt();
    int applied = end.path("counts").path("applied").asInt();
    String note = applied == databases ? null : "counts: " + end.path("counts");
    add(PEER, what, round, figures, failed, note);
  }

  private JsonNode rollOut(BurgageCell running) throws IOException, InterruptedException {
    newest = running.api().startRollout(POOL, "P1D");
    return await(running.api(), newest, "finished");
  }

  private static JsonNode await(BurgageApi api, String rollout, String wanted)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + ROLLOUT_MAX.toNanos();
    JsonNode state = api.rollout(POOL, rollout);
    while (!state.path("state").asString().equals(wanted)) {
      if (System.nanoTime() > end) {
        throw new IOException("the rollout is not %s in time: %s".formatted(wanted, state));
      }
      Thread.sleep(POLL_MILLIS);
      state = api.rollout(POOL, rollout);
    }
    return state;
  }

  private static void register(BurgageCell running, int from, int to) throws IOException {
    List<Map<String, String>> migrations =
        IntStream.rangeClosed(from, to)
            .mapToObj(version ->
                Map.of("name", PoolSchema.scriptName(version), "sql", PoolSchema.sql(version)))
            .toList();
    running.api().registerMigrations(POOL, migrations);
  }

  private Map<String, Double> figures(long nanos, CpuWindow.Used used) {
    var figures = new LinkedHashMap<String, Double>();
    figures.put("databasesPerSecond", databases * 1e9 / nanos);
    figures.put("cpuMicrosPerDatabase", used.measuredMicros() / databases);
    figures.put(
        "machineMicrosPerDatabase", (used.measuredMicros() + used.otherMicros()) / databases);
    figures.put("otherPercent", used.otherPercent());
    return figures;
  }

  private void add(
      String peer,
      Map<String, String> what,
      int round,
      Map<String, Double> figures,
      int failed,
      @Nullable String note)
      throws IOException {
    figures.put("errors", (double) failed);
    plan.add(NAME, peer, what, round, figures, note);
  }

  private void stop() throws IOException {
    for (PoolWorker worker : workers) {
      worker.close();
    }
    if (cell != null) {
      cell.close();
    }
  }
}
