package dev.burgage.training;

import dev.burgage.client.Burgage;
import dev.burgage.client.Rollout;
import dev.burgage.client.Rollouts;
import dev.burgage.client.Tenant;
import dev.burgage.client.Tenants;
import dev.burgage.d1.D1Database;
import dev.burgage.d1.D1PreparedStatement;
import dev.burgage.d1.DbPool;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/// What is done to the cell in training, in a pool of its own: what production does most, and often
/// enough that the JVM compiles it.
final class Course {
  private static final String POOL = "training";
  private static final int AT_ONCE = 8;
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final Burgage burgage;
  private final int tenants;
  private String rollout = "";

  Course(Burgage burgage, int tenants) {
    this.burgage = burgage;
    this.tenants = tenants;
  }

  void createTenants() throws InterruptedException, ExecutionException {
    burgage.pools().create(POOL);
    register(1, 1);
    Tenants all = burgage.tenants(POOL);
    each(tenants, i -> all.create(tenant(i), Map.of("plan", i % 2 == 0 ? "free" : "paid")));
  }

  /// The node that has the tenants.
  URI nodeUrl() {
    Tenant any = burgage.tenants(POOL).get(tenant(0));
    return Objects.requireNonNull(any.nodeUrl(), "the node is away");
  }

  /// Inserts, reads and a batch now and then, over all tenants.
  void ask(Burgage asked, int times) throws InterruptedException, ExecutionException {
    DbPool pool = asked.pool(POOL);
    each(
        times,
        i -> {
          D1Database database = pool.get(tenant(i % tenants));
          switch (i % 5) {
            case 0 -> insert(database, i).run();
            case 1 -> database.batch(List.of(insert(database, i), insert(database, i + 1)));
            default ->
                database
                    .prepare("SELECT id, name, made FROM item WHERE name = ? ORDER BY id LIMIT 10")
                    .bind("item " + i % 100)
                    .all();
          }
        });
  }

  private static D1PreparedStatement insert(D1Database database, int i) {
    return database
        .prepare("INSERT INTO item (name, made) VALUES (?, ?)")
        .bind("item " + i % 100, "2026-01-01T00:00:00Z");
  }

  /// Registers these migrations and brings all tenants to the last of them.
  void rollOut(int first, int last) {
    register(first, last);
    Rollouts rollouts = burgage.rollouts(POOL);
    rollout = rollouts.start().id();
    Rollout ended = rollouts.await(rollout, LONGEST);
    if (!ended.succeeded() || ended.counts().applied() != tenants) {
      throw new IllegalStateException("the rollout ended as " + ended);
    }
  }

  /// Takes the last rollout back.
  void undo() {
    Rollouts rollouts = burgage.rollouts(POOL);
    rollouts.undo(rollout);
    Rollout ended = rollouts.await(rollout, LONGEST);
    if (ended.state() != Rollout.State.UNDONE || ended.counts().undone() != tenants) {
      throw new IllegalStateException("the undoing ended as " + ended);
    }
  }

  private void register(int first, int last) {
    Map<String, String> scripts = new TreeMap<>();
    for (int version = first; version <= last; version++) {
      scripts.put("V%d__training.sql".formatted(version), script(version));
    }
    burgage.migrations(POOL).register(scripts);
  }

  private static String script(int version) {
    return version == 1
        ? "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, made TEXT NOT NULL);\n"
            + "CREATE INDEX item_name ON item (name);"
        : "CREATE TABLE part%1$d (id INTEGER PRIMARY KEY, item INTEGER REFERENCES item (id));\n"
                .formatted(version)
            + "ALTER TABLE item ADD COLUMN note%d TEXT;".formatted(version);
  }

  private static String tenant(int i) {
    return "t" + i;
  }

  // The first failure ends it.
  private static void each(int times, IntConsumer work)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<?>> lanes = new ArrayList<>();
      for (int lane = 0; lane < AT_ONCE; lane++) {
        int from = lane;
        lanes.add(
            threads.submit(() -> {
              for (int i = from; i < times; i += AT_ONCE) {
                work.accept(i);
              }
            }));
      }
      for (Future<?> lane : lanes) {
        lane.get();
      }
    }
  }
}
