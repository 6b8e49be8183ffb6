package dev.burgage.example.chinook;

import static dev.burgage.example.chinook.StepFailedException.require;

import dev.burgage.client.Migration;
import dev.burgage.client.Tenant;
import dev.burgage.client.TenantState;
import dev.burgage.d1.D1Database;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Chapter one: a pool with a schema, and three stores that each get a database full of music.
record Opening(Stage stage, ChinookData chinook) {
  void tell() {
    stage.terminal().heading("1  Three music stores, a database each");
    stage.terminal().step("pool " + Stage.POOL, this::registerSchema);
    for (String store : Stage.STORES) {
      stage.terminal().step("tenant " + store, () -> open(store));
    }
  }

  private String registerSchema() {
    stage.burgage().pools().create(Stage.POOL);
    List<Migration> before = stage.burgage().migrations(Stage.POOL).list();
    List<Migration> migrations =
        stage
            .burgage()
            .migrations(Stage.POOL)
            .register(Map.of(ChinookData.SCHEMA, ChinookData.migration(ChinookData.SCHEMA)));
    require(
        migrations.stream().anyMatch(m -> m.version().equals("1")),
        "migration V1 is not among the registered ones: %s",
        migrations);
    return before.isEmpty()
        ? "pool %s: migration V1 registered, %d tables".formatted(Stage.POOL, chinook.rows().size())
        : "pool %s was there already, with %d migrations".formatted(Stage.POOL, migrations.size());
  }

  private String open(String store) {
    Optional<Tenant> known = stage.tenants().find(store);
    long start = stage.nanoTime().getAsLong();
    Tenant tenant = stage.tenants().create(store);
    Duration created = Duration.ofNanos(stage.nanoTime().getAsLong() - start);
    require(tenant.state() == TenantState.ACTIVE, "%s is %s", store, tenant.state());

    D1Database database = stage.env().DB_POOL.get(store);
    boolean loads = Long.valueOf(0).equals(chinook.countIn(database).get("Genre"));
    if (loads) {
      chinook.loadInto(database);
    }
    Map<String, Long> counts = chinook.countIn(database);
    require(
        counts.equals(chinook.rows()),
        "%s has rows %s; the data has %s",
        store,
        counts,
        chinook.rows());
    return "tenant %s: %s, %s rows %s"
        .formatted(
            store,
            known.isPresent() ? "was there already" : "201 after " + Terminal.in(created),
            Terminal.count(chinook.total()),
            loads ? "loaded and counted" : "counted");
  }
}
