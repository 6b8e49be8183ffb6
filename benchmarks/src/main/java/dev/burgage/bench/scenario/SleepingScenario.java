package dev.burgage.bench.scenario;

import dev.burgage.bench.load.Connections;
import dev.burgage.bench.load.Extent;
import dev.burgage.bench.load.LoadResult;
import dev.burgage.bench.measure.CpuWindow;
import dev.burgage.bench.measure.JvmHeap;
import dev.burgage.bench.measure.ProcessTree;
import dev.burgage.bench.peer.BurgageCell;
import dev.burgage.bench.peer.BurgagePeers;
import dev.burgage.bench.peer.MetadataRows;
import dev.burgage.bench.peer.Operation;
import dev.burgage.bench.peer.Peer;
import dev.burgage.bench.peer.TenantCalls;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.JsonNode;

/// A rollout over a pool of which one tenant in twenty is live and the others sleep: how long it
/// takes until the live ones are migrated and the others stamped, what it costs the control plane,
/// what a live tenant feels of it, and what a sleeping one's first statement costs beside one that
/// had nothing to do. What a live tenant feels while all the others are migrated for real. And that
/// a pool that is up to date is known without opening a file.
public final class SleepingScenario {
  private static final String NAME = "sleeping";
  private static final String PEER = "burgage";
  private static final String FRESH = "fresh";
  private static final int VERSION = 1;
  private static final int WARM_UP_CONNECTIONS = 16;
  private static final int IDLE_LEAST_SECONDS = 20;
  private static final Duration IDLE_SHORT = Duration.ofSeconds(1);
  // A rollout must be over before its live tenants have been idle for so long.
  private static final int TENANTS_PER_IDLE_SECOND = 400;
  // A PostgreSQL backend tells what it wrote when it was idle for 10 s.
  private static final Duration STATISTICS = Duration.ofSeconds(12);
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final RunPlan plan;
  private final BurgageCell cell;
  private final int tenants;
  private final int samples;
  private final Duration dormantAfter;
  private final SleepingPool pool;
  private final SleepingPool fresh;

  private SleepingScenario(RunPlan plan, BurgageCell cell) {
    this.plan = plan;
    this.cell = cell;
    tenants = plan.tenants() > 0 ? plan.tenants() : plan.choose(2_000, 100_000);
    samples = Math.min(500, tenants / 20);
    dormantAfter =
        Duration.ofSeconds(Math.max(IDLE_LEAST_SECONDS, tenants / TENANTS_PER_IDLE_SECOND));
    pool = new SleepingPool(cell, BurgagePeers.POOL, tenants);
    fresh = new SleepingPool(cell, FRESH, samples * plan.rounds());
  }

  public static void run(RunPlan plan) throws IOException, InterruptedException {
    Optional<String> missing = BurgageCell.missing(plan.workplace());
    if (missing.isPresent()) {
      plan.skip(NAME, missing.get());
      return;
    }
    plan.say("starting Burgage");
    try (BurgageCell cell = BurgageCell.start(plan.workplace(), 1)) {
      new SleepingScenario(plan, cell).measure();
    }
  }

  private void measure() throws IOException, InterruptedException {
    warmUp();
    BurgagePeers.makePool(cell.api(), FRESH);
    for (int round = 1; round <= plan.rounds(); round++) {
      fresh.register(VERSION + round);
    }
    fresh.create();
    cell.api().createTenant(BurgagePeers.POOL, "alice");
    BurgagePeers.fill(cell.api(), "alice");
    create();
    long idleSince = System.nanoTime();
    lookAtOneThatIsUpToDate();
    try (pool;
        fresh;
        var calls = new TenantCalls(nodeUrl(), BurgagePeers.POOL, "alice")) {
      var alice = new SteadyTenant(calls);
      for (int round = 1; round <= plan.rounds(); round++) {
        round(alice, round, idleSince);
        idleSince = System.nanoTime();
      }
      migrateAll(alice);
      lookAtHeap();
    }
  }

  private void warmUp() throws IOException {
    Peer peer = BurgagePeers.ofNodes(cell, List.of(NAME)).getFirst();
    for (Operation operation : Operation.COMMON) {
      peer.measure(
          operation,
          WARM_UP_CONNECTIONS,
          Extent.ofRequests(plan.choose(5_000, peer.warmUpRequests())));
    }
  }

  private void create() throws IOException, InterruptedException {
    plan.say("creating %d tenants".formatted(tenants));
    long start = System.nanoTime();
    pool.create();
    double perSecond = tenants * 1e9 / (System.nanoTime() - start);
    add("creating", 1, Map.of("createdPerSecond", perSecond));
  }

  private void lookAtOneThatIsUpToDate() throws IOException, InterruptedException {
    double opened = opened();
    long start = System.nanoTime();
    JsonNode drift = cell.api().drift(BurgagePeers.POOL);
    long looked = System.nanoTime() - start;
    long begun = System.nanoTime();
    String rollout = cell.api().startRollout(BurgagePeers.POOL, Map.of());
    long planned = System.nanoTime();
    await(rollout, "finished");
    var figures = new LinkedHashMap<String, Double>();
    figures.put("lookMicros", looked / 1e3);
    figures.put("plannedMicros", (planned - begun) / 1e3);
    figures.put("secondsToAllSettled", (System.nanoTime() - begun) / 1e9);
    figures.put("opened", opened() - opened);
    outcomes(figures, cell.api().rollout(BurgagePeers.POOL, rollout).path("counts"));
    plan.say("schemas: " + drift.path("schemas"));
    add("all up to date", 1, figures);
  }

  private void round(SteadyTenant alice, int round, long idleSince)
      throws IOException, InterruptedException {
    int version = VERSION + round;
    pool.register(version);
    Duration idle = dormantAfter.plusSeconds(2);
    plan.say("waiting until those that nobody uses are idle for " + idle);
    Thread.sleep(Math.max(0, idle.toMillis() - (System.nanoTime() - idleSince) / 1_000_000));
    alone(alice, 2 * round - 1);
    pool.use();
    RolloutWatch.Seen seen = rollOut(alice, round);
    first(seen, version, round);
    cell.api().say(BurgagePeers.POOL, seen.rollout(), "resume");
    addLive("while it trickles", round, alice.whileTrue(times(plan.choose(1, 6)), pids()));
    abort(seen.rollout());
    alone(alice, 2 * round);
  }

  // Long enough for the JVMs to be warm, and nothing of the measurement runs meanwhile.
  private void migrateAll(SteadyTenant alice) throws IOException, InterruptedException {
    pool.register(VERSION + plan.rounds() + 1);
    RolloutWatch watch = watch(OptionalLong.empty(), Map.of());
    SteadyTenant.Turns turns = alice.inTurns(watch::isOn, watch::turn, pids());
    RolloutWatch.Seen seen = watch.seen();
    addLive("all are migrated, in turns: it runs", 1, turns.with());
    addLive("all are migrated, in turns: it is paused", 1, turns.without());
    var figures = new LinkedHashMap<String, Double>();
    figures.put("plannedMicros", seen.plannedNanos() / 1e3);
    outcomes(figures, seen.counts());
    add("all live", 1, figures);
  }

  // In a rollout of its own: looking takes a quarter of a second of both cores, which a live tenant
  // would feel.
  private void lookAtHeap() throws IOException, InterruptedException {
    pool.register(VERSION + plan.rounds() + 2);
    Thread.sleep(IDLE_SHORT.multipliedBy(2));
    var figures = new LinkedHashMap<String, Double>();
    figures.put("heapKibBefore", (double) JvmHeap.usedAfterCollection(jvm()));
    RolloutWatch.Seen seen =
        watch(OptionalLong.of(jvm()), Map.of("dormantAfter", IDLE_SHORT.toString())).seen();
    figures.put("heapKibDuring", (double) seen.heapKib());
    figures.put("heapKibAfter", (double) JvmHeap.usedAfterCollection(jvm()));
    figures.put("plannedMicros", seen.plannedNanos() / 1e3);
    figures.put("secondsToAllSettled", seen.settledNanos() / 1e9);
    outcomes(figures, seen.counts());
    add("all asleep, heap looked at halfway", 1, figures);
    abort(seen.rollout());
  }

  private void alone(SteadyTenant alice, int round) throws IOException, InterruptedException {
    addLive("alone", round, alice.whileTrue(times(plan.choose(1, 6)), pids()));
  }

  private static BooleanSupplier times(int windows) {
    var left = new int[] {windows};
    return () -> --left[0] > 0;
  }

  private RolloutWatch.Seen rollOut(SteadyTenant alice, int round)
      throws IOException, InterruptedException {
    var controlPlane = new ProcessTree(List.of(cell.controlPlane().process().pid()));
    var figures = new LinkedHashMap<String, Double>();
    figures.put("heapKibBefore", (double) JvmHeap.usedAfterCollection(jvm()));
    figures.put("rssKibBefore", (double) controlPlane.memory().rssKib());
    controlPlane.forgetPeak();
    MetadataRows before = cell.metadataRows();
    double opened = opened();
    CpuWindow cpu = CpuWindow.open(pids());
    RolloutWatch watch =
        watch(OptionalLong.empty(), Map.of("dormantAfter", dormantAfter.toString()));
    loadDuring(watch, alice, round);
    RolloutWatch.Seen seen = watch.seen();
    CpuWindow.Used used = cpu.close();
    figures.put("rssKibPeak", (double) controlPlane.peakKib());
    figures.put("heapKibAfter", (double) JvmHeap.usedAfterCollection(jvm()));
    figures.put("plannedMicros", seen.plannedNanos() / 1e3);
    figures.put("secondsToLiveDone", seen.liveNanos() / 1e9);
    figures.put("secondsToAllSettled", seen.settledNanos() / 1e9);
    figures.put("cpuMicrosPerTenant", used.measuredMicros() / tenants);
    figures.put("otherPercent", used.otherPercent());
    figures.put("opened", opened() - opened);
    outcomes(figures, seen.counts());
    Thread.sleep(STATISTICS);
    rows(figures, cell.metadataRows().since(before));
    add(round == 1 ? "5 % live" : "5 % live, paused every 5 s", round, figures);
    return seen;
  }

  // The first one goes through; the others are paused every 5 s, so that "with" and "without" are
  // of the same minutes of a machine that may have other work.
  private void loadDuring(RolloutWatch watch, SteadyTenant alice, int round)
      throws IOException, InterruptedException {
    if (round == 1) {
      addLive("during the rollout", round, alice.whileTrue(watch::isOn, pids()));
      return;
    }
    SteadyTenant.Turns turns = alice.inTurns(watch::isOn, watch::turn, pids());
    addLive("in turns: it runs", round, turns.with());
    addLive("in turns: it is paused", round, turns.without());
  }

  private void rows(Map<String, Double> figures, Map<String, MetadataRows.Written> tables) {
    plan.say("rows written: " + tables);
    MetadataRows.Written sum = MetadataRows.sum(tables);
    figures.put("rowsInserted", (double) sum.inserted() / tenants);
    figures.put("rowsUpdated", (double) sum.updated() / tenants);
    figures.put("rowsDeleted", (double) sum.deleted() / tenants);
  }

  private static void outcomes(Map<String, Double> figures, JsonNode counts) {
    for (String outcome : List.of("applied", "dormant", "upToDate")) {
      figures.put(outcome, counts.path(outcome).asDouble());
    }
    figures.put("errors", counts.path("failed").asDouble());
  }

  // In turns, while the rollout is paused.
  private void first(RolloutWatch.Seen seen, int version, int round)
      throws IOException, InterruptedException {
    Histogram sleeping = LoadResult.newHistogram();
    Histogram closed = LoadResult.newHistogram();
    for (int i = 0; i < samples; i++) {
      sleeping.recordValue(pool.ask(pool.sleeping(i, samples, round), version));
      closed.recordValue(fresh.ask(fresh.tenant((round - 1) * samples + i), version));
    }
    Thread.sleep(Duration.ofSeconds(5)); // until the node has told
    JsonNode counts = cell.api().rollout(BurgagePeers.POOL, seen.rollout()).path("counts");
    long woken = seen.counts().path("dormant").asLong() - counts.path("dormant").asLong();
    addFirst("closed, up to date", round, closed, Map.of());
    addFirst("dormant, migrated before it", round, sleeping, Map.of("woken", (double) woken));
  }

  private void addFirst(String peer, int round, Histogram latencies, Map<String, Double> more)
      throws IOException {
    var figures = new LinkedHashMap<String, Double>();
    figures.put("p50Micros", latencies.getValueAtPercentile(50) / 1e3);
    figures.put("p99Micros", latencies.getValueAtPercentile(99) / 1e3);
    figures.put("mostMicros", latencies.getMaxValue() / 1e3);
    figures.putAll(more);
    plan.add("sleeping-first", peer, what(), round, figures, null);
  }

  private void abort(String rollout) throws IOException, InterruptedException {
    long start = System.nanoTime();
    cell.api().say(BurgagePeers.POOL, rollout, "abort");
    await(rollout, "aborted");
    plan.say(
        "aborted, and what was stamped forgotten, after %d ms"
            .formatted((System.nanoTime() - start) / 1_000_000));
  }

  private void await(String rollout, String state) throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (!state(rollout).equals(state)) {
      if (System.nanoTime() > end) {
        throw new IOException("the rollout is not %s: %s".formatted(state, state(rollout)));
      }
      Thread.sleep(200);
    }
  }

  private String state(String rollout) throws IOException {
    return cell.api().rollout(BurgagePeers.POOL, rollout).path("state").asString();
  }

  private RolloutWatch watch(OptionalLong heapOf, Map<String, ?> request) {
    return RolloutWatch.start(cell.api(), BurgagePeers.POOL, heapOf, request);
  }

  private long jvm() throws IOException {
    return new ProcessTree(List.of(cell.controlPlane().process().pid()))
        .jvm()
        .orElseThrow(() -> new IOException("the control plane is gone"));
  }

  private List<Long> pids() throws IOException {
    return cell.processes();
  }

  // How often the node has opened a database.
  private double opened() throws IOException {
    try (var node = new Connections(nodeUrl(), BurgageCell.authorization())) {
      return node.call("GET", "/actuator/prometheus", "")
          .body()
          .lines()
          .filter(line -> line.startsWith("burgage_node_databases_opened_total"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .findFirst()
          .orElseThrow(() -> new IOException("the node does not count what it opens"));
    }
  }

  private URI nodeUrl() {
    return cell.nodes().getFirst().url();
  }

  private Map<String, String> what() {
    return Map.of("tenants", "%,d".formatted(tenants));
  }

  private void add(String what, int round, Map<String, Double> figures) throws IOException {
    plan.add(NAME, PEER + ": " + what, what(), round, figures, null);
  }

  private void addLive(String peer, int round, SteadyTenant.Load load) throws IOException {
    plan.add("sleeping-live", peer, what(), round, load.figures(), load.note());
  }
}
