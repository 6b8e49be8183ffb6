package dev.burgage.bench.scenario;

import dev.burgage.bench.load.Extent;
import dev.burgage.bench.measure.JvmHeap;
import dev.burgage.bench.measure.ProcessTree;
import dev.burgage.bench.peer.BurgageApi;
import dev.burgage.bench.peer.BurgageCell;
import dev.burgage.bench.peer.BurgagePeers;
import dev.burgage.bench.peer.Operation;
import dev.burgage.bench.peer.Peer;
import dev.burgage.bench.peer.TenantCalls;
import dev.burgage.bench.scenario.SteadyTenant.Load;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// What a tenant feels of another one on its node that sends the list of attacks: reads and durable
/// inserts at a steady rate, alone and attacked in turns; and whether the node's memory comes back.
/// Memory is measured after a full collection of the heap and a rest, before and after each attack.
public final class NeighbourScenario {
  private static final String NAME = "neighbour";
  private static final List<Integer> ATTACKERS = List.of(1, 4);
  private static final Duration REST = Duration.ofSeconds(5);
  private static final int WARM_UP_CONNECTIONS = 16;

  private final RunPlan plan;
  private final AtomicLong attacks = new AtomicLong();

  private NeighbourScenario(RunPlan plan) {
    this.plan = plan;
  }

  public static void run(RunPlan plan) throws IOException, InterruptedException {
    Optional<String> missing = BurgageCell.missing(plan.workplace());
    if (missing.isPresent()) {
      plan.skip(NAME, missing.get());
      return;
    }
    plan.say("starting Burgage");
    try (BurgageCell cell = BurgageCell.start(plan.workplace(), 1)) {
      new NeighbourScenario(plan).measure(cell);
    }
  }

  private void measure(BurgageCell cell) throws IOException, InterruptedException {
    Peer peer = BurgagePeers.ofNodes(cell, List.of(NAME)).getFirst();
    for (Operation operation : Operation.COMMON) {
      peer.measure(
          operation,
          WARM_UP_CONNECTIONS,
          Extent.ofRequests(plan.choose(5_000, peer.warmUpRequests())));
    }
    BurgageCell.Member node = cell.nodes().getFirst();
    BurgageApi.Tenant victim = cell.api().createTenant(BurgagePeers.POOL, "alice");
    cell.api().createTenant(BurgagePeers.POOL, "mallory");
    BurgagePeers.fill(cell.api(), victim.id());
    try (var calls = new TenantCalls(node.url(), BurgagePeers.POOL, "alice");
        var mallory = new TenantCalls(node.url(), BurgagePeers.POOL, "mallory")) {
      var alice = new SteadyTenant(calls);
      var process = new ProcessTree(List.of(node.process().pid()));
      Path outside = plan.workplace().makeFolder("outside");
      var list = AttackList.read(plan.workplace().root(), node.data(), outside);
      for (int round = 1; round <= plan.rounds(); round++) {
        for (int clients : ATTACKERS) {
          Map<String, String> where = Map.of("attackers", Integer.toString(clients));
          add("alone", where, round, steady(alice, process));
          add("attacked", where, round, attacked(clients, alice, mallory, list, process));
        }
      }
    }
  }

  private Load steady(SteadyTenant alice, ProcessTree process) throws InterruptedException {
    return alice.forTime(Duration.ofSeconds(plan.choose(3, 20)), process.pids());
  }

  private Load attacked(
      int clients, SteadyTenant alice, TenantCalls mallory, AttackList list, ProcessTree process)
      throws IOException, InterruptedException {
    double before = settledKib(process);
    process.forgetPeak();
    long first = attacks.get();
    Attackers attackers = Attackers.start(clients, mallory, list, attacks);
    Load load = steady(alice, process);
    attackers.stop();
    var figures = new LinkedHashMap<>(load.figures());
    figures.put("attacks", (double) (attacks.get() - first));
    figures.put("rssBeforeKib", before);
    figures.put("rssPeakKib", (double) process.peakKib());
    figures.put("rssAfterKib", settledKib(process));
    return new Load(figures, load.firstFailure());
  }

  private double settledKib(ProcessTree process) throws IOException, InterruptedException {
    Thread.sleep(REST);
    long jvm = process.jvm().orElseThrow(() -> new IOException("the node is gone"));
    JvmHeap.usedAfterCollection(jvm);
    return process.memory().rssKib();
  }

  private void add(String peer, Map<String, String> cell, int round, Load load) throws IOException {
    plan.add(NAME, peer, cell, round, load.figures(), load.note());
  }
}
