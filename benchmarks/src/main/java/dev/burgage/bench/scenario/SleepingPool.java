package dev.burgage.bench.scenario;

import dev.burgage.bench.load.Connections;
import dev.burgage.bench.load.Connections.Answer;
import dev.burgage.bench.peer.BurgageCell;
import dev.burgage.bench.worker.PoolSchema;
import dev.burgage.protocol.Json;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// The tenants of a pool, made through the API, of which one in twenty is used. Thread-safe.
final class SleepingPool implements Closeable {
  private static final int LIVE_EACH = 20;
  private static final int CLIENTS = 16;
  private static final String USE =
      "INSERT INTO entry (name, email, amount, note) VALUES ('a', 'b', 1, 'c')";

  private final BurgageCell cell;
  private final String name;
  private final int tenants;
  private final Connections node;

  SleepingPool(BurgageCell cell, String name, int tenants) {
    this.cell = cell;
    this.name = name;
    this.tenants = tenants;
    this.node = new Connections(cell.nodes().getFirst().url(), BurgageCell.authorization());
  }

  @FunctionalInterface
  private interface Action {
    void run(int index) throws IOException;
  }

  void create() throws IOException, InterruptedException {
    forEach(tenants, index -> cell.api().createTenant(name, tenant(index)));
  }

  void register(int version) throws IOException {
    cell.api()
        .registerMigrations(
            name,
            List.of(
                Map.of("name", PoolSchema.scriptName(version), "sql", PoolSchema.sql(version))));
  }

  int live() {
    return (tenants + LIVE_EACH - 1) / LIVE_EACH;
  }

  /// Has each live tenant insert a row.
  void use() throws IOException, InterruptedException {
    forEach(live(), index -> ask(tenant(index * LIVE_EACH), USE, "\"success\":true"));
  }

  /// A tenant's statement that only succeeds at a version.
  ///
  /// @return nanoseconds
  long ask(String tenant, int version) throws IOException {
    long start = System.nanoTime();
    ask(tenant, "SELECT name FROM t%d WHERE id = 1".formatted(version), "first");
    return System.nanoTime() - start;
  }

  /// One that sleeps, another for each index and round.
  String sleeping(int index, int of, int round) {
    int step = Math.max(1, tenants / LIVE_EACH / of);
    return tenant(index * step * LIVE_EACH + 1 + round % (LIVE_EACH - 1));
  }

  String tenant(int index) {
    return "tenant-%06d".formatted(index);
  }

  private void ask(String tenant, String sql, String expected) throws IOException {
    String path = "/v1/pools/%s/tenants/%s/query".formatted(name, tenant);
    String body =
        new String(Json.bytes(Map.of("sql", sql, "params", List.of())), StandardCharsets.UTF_8);
    Answer answer = node.call("POST", path, body);
    if (answer.status() != 200 || !answer.body().contains(expected)) {
      throw new IOException("%s: HTTP %d: %s".formatted(tenant, answer.status(), answer.body()));
    }
  }

  private static void forEach(int count, Action action) throws IOException, InterruptedException {
    var next = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> clients = new ArrayList<>();
      IntStream.range(0, CLIENTS)
          .forEach(_ -> clients.add(threads.submit(() -> untilDone(next, count, action))));
      for (Future<Integer> client : clients) {
        client.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a tenant's request failed", e.getCause());
    }
  }

  private static int untilDone(AtomicInteger next, int count, Action action) throws IOException {
    int done = 0;
    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
      action.run(i);
      done++;
    }
    return done;
  }

  @Override
  public void close() throws IOException {
    node.close();
  }
}
