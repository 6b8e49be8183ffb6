package dev.burgage.bench.scenario;

import dev.burgage.bench.load.Extent;
import dev.burgage.bench.peer.BurgageCell;
import dev.burgage.bench.peer.BurgagePeers;
import dev.burgage.bench.peer.Operation;
import dev.burgage.bench.peer.Peer;
import dev.burgage.bench.peer.Peer.Measured;
import dev.burgage.bench.peer.PeerKind;
import dev.burgage.bench.peer.Workplace;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Point read and durable insert at 1, 16 and 64 connections. All peers are up at once and take
/// turns in each cell, so that a slow minute of the machine hits all of them.
public final class RequestScenario {
  private static final String NAME = "requests";
  private static final List<Integer> CONNECTIONS = List.of(1, 16, 64);
  private static final int WARM_UP_CONNECTIONS = 16;
  private static final int QUICK_DIVISOR = 20;
  // Takes a connection's first request and the last cell's dust out of the measured stretch.
  private static final Extent RUN_UP = new Extent(2_000, Duration.ofMillis(300));
  private static final List<String> BURGAGE = List.of("burgage-node", "burgage-control-plane");

  private final RunPlan plan;
  private final List<Peer> peers = new ArrayList<>();
  private @Nullable BurgageCell cell;

  private RequestScenario(RunPlan plan) {
    this.plan = plan;
  }

  public static void run(RunPlan plan) throws IOException {
    var scenario = new RequestScenario(plan);
    try {
      scenario.start();
      scenario.warmUp();
      scenario.measure();
    } finally {
      scenario.stop();
    }
  }

  private void start() throws IOException {
    Workplace workplace = startBurgage();
    for (PeerKind kind : PeerKind.values()) {
      if (!plan.wants(kind.toString())) {
        continue;
      }
      Optional<String> missing = kind.missing(workplace);
      if (missing.isPresent()) {
        plan.skip(kind.toString(), missing.get());
      } else {
        plan.say("starting %s".formatted(kind));
        peers.add(kind.start(workplace, plan.quick()));
      }
    }
  }

  // The JVM peers share the node's flags, so the node comes first.
  private Workplace startBurgage() throws IOException {
    Workplace workplace = plan.workplace();
    if (BURGAGE.stream().noneMatch(plan::wants)) {
      return workplace;
    }
    Optional<String> missing = BurgageCell.missing(workplace);
    if (missing.isPresent()) {
      plan.skip("burgage", missing.get());
      return workplace;
    }
    plan.say("starting Burgage");
    BurgageCell started = BurgageCell.start(workplace, 1);
    cell = started;
    BurgagePeers.of(started).stream().filter(peer -> plan.wants(peer.name())).forEach(peers::add);
    return workplace.withJvmFlags(started.nodeJvmFlags());
  }

  private void warmUp() throws IOException {
    for (Peer peer : peers) {
      int requests = peer.warmUpRequests() / (plan.quick() ? QUICK_DIVISOR : 1);
      for (Operation operation : Operation.COMMON) {
        Measured measured =
            peer.measure(operation, WARM_UP_CONNECTIONS, Extent.ofRequests(requests));
        plan.say(
            "warmed %s %s with %d requests: %.1f CPU µs each"
                .formatted(
                    peer.name(), operation, measured.requests(), measured.cpuMicrosPerRequest()));
      }
    }
  }

  private void measure() throws IOException {
    for (int round = 1; round <= plan.rounds(); round++) {
      for (Operation operation : Operation.COMMON) {
        for (int connections : CONNECTIONS) {
          for (int turn = 0; turn < peers.size(); turn++) {
            // Another peer is first in each round.
            measure(peers.get((turn + round) % peers.size()), operation, connections, round);
          }
        }
      }
    }
  }

  private void measure(Peer peer, Operation operation, int connections, int round)
      throws IOException {
    peer.measure(operation, connections, RUN_UP);
    Measured measured = peer.measure(operation, connections, Extent.ofTime(plan.cellTime()));
    var cellOf = new LinkedHashMap<String, String>();
    cellOf.put("operation", operation.toString());
    cellOf.put("connections", Integer.toString(connections));
    plan.add(NAME, peer.name(), cellOf, round, figures(measured), measured.firstError());
  }

  static Map<String, Double> figures(Measured measured) {
    var figures = new LinkedHashMap<String, Double>();
    figures.put("requestsPerSecond", measured.requestsPerSecond());
    figures.put("p50Micros", measured.p50Micros());
    figures.put("p99Micros", measured.p99Micros());
    figures.put("cpuMicrosPerRequest", measured.cpuMicrosPerRequest());
    figures.put("otherPercent", measured.otherPercent());
    figures.put("errors", (double) measured.errors());
    return figures;
  }

  private void stop() throws IOException {
    for (Peer peer : peers) {
      peer.close();
    }
    if (cell != null) {
      cell.close();
    }
  }
}
