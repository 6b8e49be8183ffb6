package dev.burgage.bench.scenario;

import dev.burgage.bench.load.Connections;
import dev.burgage.bench.load.LoadResult;
import dev.burgage.bench.measure.JvmHeap;
import dev.burgage.bench.measure.Memory;
import dev.burgage.bench.measure.ProcessTree;
import dev.burgage.bench.peer.BurgageCell;
import dev.burgage.bench.peer.BurgageCell.Member;
import dev.burgage.bench.peer.SpringPeer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.JsonNode;

/// Many tenants on one node: how fast they are made, what they cost while closed and while open,
/// and what a closed one's first query costs. The node is restarted in between, so that "closed" is
/// sure.
public final class TenantsScenario {
  private static final String NAME = "tenants";
  private static final String POOL = "many";
  private static final String PEER = "burgage-node";
  private static final String BASELINE = "postgresql-create-database";
  private static final int CREATORS = 16;
  private static final String BODY = "{\"sql\":\"SELECT count(*) AS n FROM item\",\"params\":[]}";

  private final RunPlan plan;
  private final int tenants;
  private final int opened;

  private TenantsScenario(RunPlan plan) {
    this.plan = plan;
    tenants = plan.choose(500, 10_000);
    opened = plan.choose(100, 1_000);
  }

  public static void run(RunPlan plan)
      throws IOException, InterruptedException, ExecutionException {
    new TenantsScenario(plan).measure();
  }

  private void measure() throws IOException, InterruptedException, ExecutionException {
    Optional<String> missing = BurgageCell.missing(plan.workplace());
    if (missing.isPresent()) {
      plan.skip("burgage", missing.get());
    } else if (plan.wants(PEER)) {
      plan.say("starting Burgage");
      try (BurgageCell cell = BurgageCell.start(plan.workplace(), 1)) {
        burgage(cell);
      }
    }
    baseline();
  }

  private void burgage(BurgageCell cell)
      throws IOException, InterruptedException, ExecutionException {
    cell.api().createPool(POOL);
    cell.api()
        .registerMigrations(
            POOL,
            List.of(
                Map.of(
                    "name", "V1__item.sql",
                    "sql", "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL);")));
    cell.api().createTenant(POOL, "warm");
    Member node = cell.restart(cell.nodes().getFirst());
    warmUp(node);
    Footprint empty = Footprint.of(node);
    add("0 closed tenants", empty.figures());

    create(cell);
    node = cell.restart(node);
    warmUp(node);
    Footprint closed = Footprint.of(node);
    add(tenants + " closed tenants", closed.figuresBeside(empty, tenants));

    Map<String, Double> cold = openAll(node);
    Footprint open = Footprint.of(node);
    var figures = new LinkedHashMap<>(open.figuresBeside(closed, opened));
    figures.putAll(cold);
    add(opened + " of them open", figures);
  }

  private void create(BurgageCell cell)
      throws IOException, InterruptedException, ExecutionException {
    var next = new AtomicInteger();
    long start = System.nanoTime();
    try (var creators = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> parts =
          IntStream.range(0, CREATORS)
              .mapToObj(_ -> creators.submit(() -> createUntilEnough(cell, next)))
              .toList();
      for (Future<Integer> part : parts) {
        part.get();
      }
    }
    double perSecond = tenants * 1e9 / (System.nanoTime() - start);
    add("creating " + tenants + " tenants", Map.of("createdPerSecond", perSecond));
  }

  private int createUntilEnough(BurgageCell cell, AtomicInteger next) throws IOException {
    int created = 0;
    for (int i = next.getAndIncrement(); i < tenants; i = next.getAndIncrement()) {
      cell.api().createTenant(POOL, tenant(i));
      created++;
    }
    return created;
  }

  private void warmUp(Member node) throws IOException {
    try (var connections = new Connections(node.url(), BurgageCell.authorization())) {
      for (int i = 0; i < plan.choose(200, 10_000); i++) {
        ask(connections, "warm");
      }
    }
  }

  private Map<String, Double> openAll(Member node) throws IOException {
    Histogram cold = LoadResult.newHistogram();
    Histogram warm = LoadResult.newHistogram();
    // Not in the order of creation, so that no read-ahead of a folder helps.
    int step = Math.max(1, tenants / opened);
    try (var connections = new Connections(node.url(), BurgageCell.authorization())) {
      for (int i = 0; i < opened; i++) {
        String tenant = tenant(i * step);
        cold.recordValue(ask(connections, tenant));
        warm.recordValue(ask(connections, tenant));
      }
    }
    var figures = new LinkedHashMap<String, Double>();
    figures.put("coldP50Micros", cold.getValueAtPercentile(50) / 1e3);
    figures.put("coldP99Micros", cold.getValueAtPercentile(99) / 1e3);
    figures.put("warmP50Micros", warm.getValueAtPercentile(50) / 1e3);
    return figures;
  }

  private static long ask(Connections connections, String tenant) throws IOException {
    String path =
        "/v1/pools/%s/tenants/%s/query?resultsFormat=ROWS_AND_COLUMNS".formatted(POOL, tenant);
    long start = System.nanoTime();
    Connections.Answer answer = connections.call("POST", path, BODY);
    if (answer.status() != 200) {
      throw new IOException("%s: HTTP %d: %s".formatted(tenant, answer.status(), answer.body()));
    }
    return System.nanoTime() - start;
  }

  private static String tenant(int index) {
    return "tenant-%06d".formatted(index);
  }

  private void baseline() throws IOException {
    Optional<String> missing = SpringPeer.missing(plan.workplace());
    if (!plan.wants(BASELINE)) {
      return;
    }
    if (missing.isPresent()) {
      plan.skip(BASELINE, missing.get());
      return;
    }
    double sum = 0;
    int count = 0;
    for (JsonNode millis :
        SpringPeer.createDatabases(plan.workplace(), plan.choose(20, 200)).path("millis")) {
      sum += millis.asDouble();
      count++;
    }
    Map<String, String> cell = Map.of("what", "creating " + tenants + " tenants");
    plan.add(NAME, BASELINE, cell, 1, Map.of("createdPerSecond", count * 1e3 / sum), null);
  }

  private void add(String what, Map<String, Double> figures) throws IOException {
    plan.add(NAME, PEER, Map.of("what", what), 1, figures, null);
  }

  /// What the node holds, after a full collection.
  private record Footprint(long heapKib, Memory memory) {
    static Footprint of(Member node) throws IOException, InterruptedException {
      var tree = new ProcessTree(List.of(node.process().pid()));
      long jvm =
          tree.jvm().orElseThrow(() -> new IOException("the node's process tree has no JVM"));
      return new Footprint(JvmHeap.usedAfterCollection(jvm), tree.memory());
    }

    Map<String, Double> figures() {
      var figures = new LinkedHashMap<String, Double>();
      figures.put("heapKib", (double) heapKib);
      figures.put("pssKib", (double) memory.pssKib());
      figures.put("rssKib", (double) memory.rssKib());
      return figures;
    }

    Map<String, Double> figuresBeside(Footprint before, int count) {
      var figures = new LinkedHashMap<>(figures());
      figures.put("heapBytesPerTenant", (heapKib - before.heapKib) * 1024.0 / count);
      double pss = memory.pssKib() - before.memory.pssKib();
      figures.put("pssKibPerTenant", pss / count);
      return figures;
    }
  }
}
