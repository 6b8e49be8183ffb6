package dev.burgage.bench.scenario;

import dev.burgage.bench.load.Extent;
import dev.burgage.bench.peer.BurgageCell;
import dev.burgage.bench.peer.BurgagePeers;
import dev.burgage.bench.peer.Operation;
import dev.burgage.bench.peer.Peer;
import dev.burgage.bench.peer.Peer.Measured;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the guard costs: the same requests to a node with it and to one without, in turns of a
/// second. Each round has two nodes of its own, because two JVMs of the same program differ by some
/// percent for as long as they live: the JIT draws lots.
public final class GuardScenario {
  private static final String NAME = "guard";
  private static final String ON = "guard-on";
  private static final String OFF = "guard-off";
  private static final List<Integer> CONNECTIONS = List.of(1, 16);
  private static final int WARM_UP_CONNECTIONS = 16;
  private static final int QUICK_DIVISOR = 20;
  private static final Extent RUN_UP = new Extent(1_000, Duration.ofMillis(200));

  private final RunPlan plan;

  private GuardScenario(RunPlan plan) {
    this.plan = plan;
  }

  public static void run(RunPlan plan) throws IOException {
    Optional<String> missing = BurgageCell.missing(plan.workplace());
    if (missing.isPresent()) {
      plan.skip(NAME, missing.get());
      return;
    }
    for (int round = 1; round <= plan.rounds(); round++) {
      new GuardScenario(plan).round(round);
    }
  }

  private void round(int round) throws IOException {
    var settings = new ArrayList<Map<String, String>>();
    settings.add(Map.of());
    settings.add(Map.of("BURGAGE_SQL_GUARD", "trusted"));
    var names = new ArrayList<>(List.of(ON, OFF));
    if (round % 2 == 0) { // the other one is started first
      settings.add(settings.removeFirst());
      names.add(names.removeFirst());
    }
    plan.say("starting Burgage, a node with the guard and one without");
    try (BurgageCell cell = BurgageCell.start(plan.workplace(), settings)) {
      List<Peer> peers = BurgagePeers.ofNodes(cell, names);
      warmUp(peers);
      for (Operation operation : Operation.values()) {
        for (int connections : CONNECTIONS) {
          measure(peers, operation, connections, round);
        }
      }
    }
  }

  private void warmUp(List<Peer> peers) throws IOException {
    for (Operation operation : Operation.values()) {
      for (Peer peer : peers) {
        int requests = peer.warmUpRequests() / (plan.quick() ? QUICK_DIVISOR : 1);
        peer.measure(operation, WARM_UP_CONNECTIONS, Extent.ofRequests(requests));
      }
    }
  }

  // In turns, so that a slow second of the machine hits both.
  private void measure(List<Peer> peers, Operation operation, int connections, int round)
      throws IOException {
    var cell = new LinkedHashMap<String, String>();
    cell.put("operation", operation.toString());
    cell.put("connections", Integer.toString(connections));
    for (int turn = 0; turn < plan.choose(1, 4); turn++) {
      for (int i = 0; i < peers.size(); i++) {
        Peer peer = peers.get((turn + i) % peers.size());
        peer.measure(operation, connections, RUN_UP);
        Measured measured =
            peer.measure(operation, connections, Extent.ofTime(plan.cellTime().dividedBy(2)));
        Map<String, Double> figures = RequestScenario.figures(measured);
        plan.add(NAME, peer.name(), cell, round, figures, measured.firstError());
      }
    }
  }
}
