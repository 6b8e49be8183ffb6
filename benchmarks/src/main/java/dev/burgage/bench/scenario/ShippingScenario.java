package dev.burgage.bench.scenario;

import dev.burgage.bench.load.Connections;
import dev.burgage.bench.measure.ProcessTree;
import dev.burgage.bench.peer.BurgageApi;
import dev.burgage.bench.peer.BurgageCell;
import dev.burgage.bench.peer.BurgagePeers;
import dev.burgage.bench.peer.TenantCalls;
import dev.burgage.bench.scenario.SteadyTenant.Load;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a tenant feels of its node's log being shipped: reads and durable inserts at a steady rate
/// on a node that ships each second and on one that gathers for ten minutes, in turns of 5 s. Each
/// round has two nodes of its own, as in [GuardScenario].
public final class ShippingScenario {
  private static final String NAME = "shipping";
  private static final String ON = "shipping";
  private static final String OFF = "not-shipping";
  // As much as may gather before a slice is cut all the same: more than a round's inserts.
  private static final Map<String, String> GATHERING =
      Map.of("BURGAGE_STORE_SLICE_SECONDS", "600", "BURGAGE_STORE_SLICE_MIB", "64");
  private static final Duration TURN = Duration.ofSeconds(5);
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final int TURNS = 5;
  private static final Pattern SLICES =
      Pattern.compile(
          "^burgage_node_store_slices_total(?:\\{[^}]*})? ([0-9.E+]+)$", Pattern.MULTILINE);

  private final RunPlan plan;

  private ShippingScenario(RunPlan plan) {
    this.plan = plan;
  }

  public static void run(RunPlan plan) throws IOException, InterruptedException {
    Optional<String> missing = BurgageCell.missing(plan.workplace());
    if (missing.isPresent()) {
      plan.skip(NAME, missing.get());
      return;
    }
    for (int round = 1; round <= plan.rounds(); round++) {
      plan.say("starting Burgage, a node that ships and one that does not");
      boolean shipsFirst = round % 2 == 1;
      try (BurgageCell cell =
          BurgageCell.start(
              plan.workplace(),
              shipsFirst ? List.of(Map.of(), GATHERING) : List.of(GATHERING, Map.of()))) {
        BurgagePeers.makePool(cell.api(), BurgagePeers.POOL);
        new ShippingScenario(plan).round(round, cell, shipsFirst ? 0 : 1);
      }
    }
  }

  private void round(int round, BurgageCell cell, int shipping)
      throws IOException, InterruptedException {
    try (Side on = Side.of(ON, cell.nodes().get(shipping), cell.api());
        Side off = Side.of(OFF, cell.nodes().get(1 - shipping), cell.api())) {
      for (Side side : List.of(on, off)) {
        side.tenant.forTime(plan.quick() ? TURN : WARM_UP, side.process.pids());
      }
      for (int turn = 0; turn < plan.choose(1, TURNS); turn++) {
        for (Side side : turn % 2 == 0 ? List.of(on, off) : List.of(off, on)) {
          Load load = side.turn();
          plan.add(NAME, side.name, Map.of(), round, load.figures(), load.note());
        }
      }
    }
  }

  private record Side(
      String name, TenantCalls calls, SteadyTenant tenant, ProcessTree process, Connections metrics)
      implements Closeable {
    static Side of(String name, BurgageCell.Member node, BurgageApi api) throws IOException {
      String tenant = BurgagePeers.filledTenantOn(node, api);
      var calls = new TenantCalls(node.url(), BurgagePeers.POOL, tenant);
      return new Side(
          name,
          calls,
          new SteadyTenant(calls),
          new ProcessTree(List.of(node.process().pid())),
          new Connections(node.url(), BurgageCell.authorization()));
    }

    Load turn() throws IOException, InterruptedException {
      double before = slices();
      Load load = tenant.forTime(TURN, process.pids());
      var figures = new LinkedHashMap<>(load.figures());
      figures.put("slices", slices() - before);
      return new Load(figures, load.firstFailure());
    }

    private double slices() throws IOException {
      Matcher found = SLICES.matcher(metrics.call("GET", "/actuator/prometheus", "").body());
      if (!found.find()) {
        throw new IOException("the node does not say how many slices it has shipped");
      }
      return Double.parseDouble(found.group(1));
    }

    @Override
    public void close() throws IOException {
      calls.close();
      metrics.close();
    }
  }
}
