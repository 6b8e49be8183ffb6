package dev.burgage.bench.scenario;

import dev.burgage.bench.load.OpenLoop;
import dev.burgage.bench.load.OpenLoop.Outcome;
import dev.burgage.bench.peer.BurgageCell;
import dev.burgage.bench.peer.NpmTools;
import dev.burgage.bench.peer.SpringPeer;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// From the request that creates a tenant to the first good answer of its database, through HTTP:
/// one at a time, and 50 a second; asked at the node that owns it, and at the other node with and
/// without the revision of the creation.
public final class ProvisionScenario {
  private static final String NAME = "provision";
  private static final String POOL = "provision";
  private static final double PER_SECOND = 50;
  private static final int NODES = 2;

  private final RunPlan plan;

  private ProvisionScenario(RunPlan plan) {
    this.plan = plan;
  }

  public static void run(RunPlan plan) throws IOException, InterruptedException {
    new ProvisionScenario(plan).measure();
  }

  private void measure() throws IOException, InterruptedException {
    Optional<String> missing = BurgageCell.missing(plan.workplace());
    if (missing.isPresent()) {
      plan.skip("burgage", missing.get());
    } else if (plan.wants("burgage-node")) {
      plan.say("starting Burgage with %d nodes".formatted(NODES));
      try (BurgageCell cell = BurgageCell.start(plan.workplace(), NODES)) {
        burgage(cell);
      }
    }
    createDatabase();
    redeploy();
  }

  private void burgage(BurgageCell cell) throws IOException, InterruptedException {
    cell.api().createPool(POOL);
    cell.api()
        .registerMigrations(
            POOL,
            List.of(
                Map.of(
                    "name", "V1__item.sql",
                    "sql", "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL);")));
    List<URI> nodes = cell.nodes().stream().map(BurgageCell.Member::url).toList();
    try (var target = new ProvisionCalls(cell.api(), POOL, nodes)) {
      warmUp(target);
      for (int round = 1; round <= plan.rounds(); round++) {
        for (ProvisionCalls.Asked asked : ProvisionCalls.Asked.values()) {
          alone(target, asked, round);
        }
        for (ProvisionCalls.Asked asked : ProvisionCalls.Asked.values()) {
          atRate(target, asked, round);
        }
      }
    }
  }

  private void warmUp(ProvisionCalls target) throws IOException {
    var samples = new ProvisionSamples();
    for (int i = 0; i < plan.choose(50, 1_000); i++) {
      target.provision("warm-" + i, ProvisionCalls.Asked.OTHER_NODE, System.nanoTime(), samples);
    }
    plan.say("warmed: %s".formatted(samples.figures()));
  }

  private void alone(ProvisionCalls target, ProvisionCalls.Asked asked, int round)
      throws IOException {
    var samples = new ProvisionSamples();
    String note = null;
    for (int i = 0; i < plan.choose(30, 300); i++) {
      String tenant = "alone-%s-%d-%d".formatted(asked, round, i);
      try {
        target.provision(tenant, asked, System.nanoTime(), samples);
      } catch (IOException e) {
        samples.failed();
        note = e.getMessage();
      }
    }
    plan.add(NAME, asked.peer(), Map.of("pace", "one at a time"), round, samples.figures(), note);
  }

  private void atRate(ProvisionCalls target, ProvisionCalls.Asked asked, int round)
      throws IOException, InterruptedException {
    var samples = new ProvisionSamples();
    Outcome outcome =
        OpenLoop.run(
            PER_SECOND,
            plan.choose(100, 1_000),
            (index, intended) ->
                target.provision(
                    "rate-%s-%d-%d".formatted(asked, round, index), asked, intended, samples));
    var figures = new LinkedHashMap<>(samples.figures());
    figures.merge("errors", (double) outcome.failed(), Double::sum);
    String note = outcome.firstFailure() == null ? null : outcome.firstFailure().toString();
    plan.add(NAME, asked.peer(), Map.of("pace", "50 a second"), round, figures, note);
  }

  private void createDatabase() throws IOException {
    String peer = "postgresql-create-database";
    Optional<String> missing = SpringPeer.missing(plan.workplace());
    if (!plan.wants(peer)) {
      return;
    }
    if (missing.isPresent()) {
      plan.skip(peer, missing.get());
      return;
    }
    JsonNode answer = SpringPeer.createDatabases(plan.workplace(), plan.choose(20, 200));
    addMillis(peer, answer);
  }

  private void redeploy() throws IOException {
    for (int databases : plan.quick() ? List.of(100) : List.of(100, 1_000)) {
      String peer = "miniflare-redeploy-at-" + databases;
      Optional<String> missing = NpmTools.missing(plan.workplace(), "miniflare");
      if (!plan.wants(peer)) {
        continue;
      }
      if (missing.isPresent()) {
        plan.skip(peer, missing.get());
        return;
      }
      addMillis(peer, NpmTools.redeploy(plan.workplace(), databases, plan.choose(3, 10)));
    }
  }

  private void addMillis(String peer, JsonNode answer) throws IOException {
    var samples = new ProvisionSamples();
    for (JsonNode one : answer.path("millis")) {
      samples.answered((long) (one.asDouble() * 1e6));
    }
    var figures = new LinkedHashMap<>(samples.figures());
    figures.keySet().removeAll(List.of("createdP50Micros", "createdP99Micros", "refused"));
    plan.add(NAME, peer, Map.of("pace", "one at a time"), 1, figures, null);
    // The same figure stands in both tables: it is what both are compared to.
    plan.add(NAME, peer, Map.of("pace", "50 a second"), 1, figures, null);
  }
}
