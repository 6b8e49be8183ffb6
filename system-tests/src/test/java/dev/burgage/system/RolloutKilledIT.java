package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.client.Burgage;
import dev.burgage.client.Rollout;
import dev.burgage.client.RolloutTarget;
import dev.burgage.client.Rollouts;
import dev.burgage.client.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.output.ValidateResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A rollout in waves over two nodes, some of whose tenants cannot be migrated, while clients
/// insert and a node and the control plane are killed: it halts where its gate says, goes on by
/// itself after each kill, nobody gets a migration twice, and a retry touches those that failed and
/// nobody else. `-Drollout.tenants=10000` is the campaign.
class RolloutKilledIT {
  private static final int TENANTS = Integer.getInteger("rollout.tenants", 240);
  private static final boolean CAMPAIGN = TENANTS >= 1_000;
  private static final int POISONED = CAMPAIGN ? 37 : 8;
  private static final int WRITERS = CAMPAIGN ? 200 : 12;
  private static final int CONTROL_PLANE_KILLS = CAMPAIGN ? 5 : 1;
  private static final int NODE_KILLS = CAMPAIGN ? 2 : 1;
  private static final int AT_ONCE = 16;
  private static final Duration ROLLOUT_LONGEST = Duration.ofMinutes(CAMPAIGN ? 30 : 5);

  private static final String V1 =
      """
      create table entry (number integer not null check (number > 0), door text not null);
      create table customer (id integer primary key, email text, balance integer);
      insert into customer values (1, 'one@example.org', 10);
      """;
  // Rebuilds a table, takes its time, and cannot be applied twice.
  private static final String V2 =
      """
      create table points (number integer not null);
      insert into points
      with recursive counted (n) as (select 1 union all select n + 1 from counted where n < 20000)
      select count(*) from counted;
      create table customer_new (id integer primary key, email text not null, balance integer);
      insert into customer_new select id, email, balance from customer;
      drop table customer;
      alter table customer_new rename to customer;
      create unique index customer_email on customer (email);
      """;

  /// Ways in which V2 cannot be applied to a tenant, and what mends each.
  private enum Poison {
    TABLE_IS_THERE("create table points (mine text)", "drop table points", "already exists"),
    NOT_UNIQUE(
        "insert into customer values (2, 'one@example.org', 10)",
        "delete from customer where id = 2",
        "UNIQUE"),
    IS_NULL(
        "insert into customer values (3, null, 10)",
        "delete from customer where id = 3",
        "NOT NULL"),
    BREAKS_THE_INVARIANT(
        "insert into customer values (4, 'four@example.org', -1)",
        "update customer set balance = 0 where id = 4",
        "no debts");

    private final String sql;
    private final String antidote;
    private final String told;

    Poison(String sql, String antidote, String told) {
      this.sql = sql;
      this.antidote = antidote;
      this.told = told;
    }
  }

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  private final Map<String, Poison> poisoned = new HashMap<>();

  @Test
  void everyTenantIsMigratedOnceWhateverIsKilled() throws Exception {
    List<Tenant> tenants;
    Map<String, CellNode> nodes;
    try (Cell cell =
            new Cell("RolloutKilled", folder, Map.of("BURGAGE_ROLLOUT_GATED_BATCH", "10"));
        InsertLoad load = new InsertLoad(Cell.POOL, Duration.ofMillis(CAMPAIGN ? 1_000 : 100))) {
      cell.startControlPlane();
      cell.joinNode2();
      nodes = Map.of("node-1", cell.node1(), "node-2", cell.node2());
      Burgage connection = cell.connect();
      tenants = makeTenants(connection);
      poison(connection, tenants);
      startWriters(cell, load, tenants);
      long start = System.nanoTime();
      String rollout = rollOutWithKills(cell, connection);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      int retried = mendAndRetry(connection, rollout);
      load.stop();
      tell(connection, rollout, took, retried, load);
      assertThat(load.clients())
          .filteredOn(client -> client.door().equals("node-2")) // which nobody killed
          .allSatisfy(client -> assertThat(client.failed()).as(client.tenant()).hasValue(0));
      load.verify(tenant -> InsertLoad.stored(connection, Cell.POOL, tenant));
      assertThat(connection.tenants(Cell.POOL).list())
          .hasSize(TENANTS)
          .allSatisfy(tenant -> assertThat(tenant.schemaVersion()).isEqualTo("2"));
      cell.stop();
    }
    assertThatFilesAreRight(tenants, nodes);
    Tenant first = tenants.getFirst();
    assertThatFlywayAgrees(fileOf(first, nodes));
  }

  private static List<Tenant> makeTenants(Burgage connection) throws Exception {
    connection.pools().create(Cell.POOL);
    connection.migrations(Cell.POOL).register(Map.of("V1__entry.sql", V1));
    List<Future<Tenant>> made = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < TENANTS; i++) {
        String id = "t-" + i;
        made.add(threads.submit(() -> connection.tenants(Cell.POOL).create(id)));
      }
    }
    List<Tenant> tenants = new ArrayList<>();
    for (Future<Tenant> one : made) {
      tenants.add(one.get());
    }
    assertThat(tenants).extracting(Tenant::node).contains("node-1", "node-2");
    return tenants;
  }

  // The first is in the canary, the others anywhere.
  private void poison(Burgage connection, List<Tenant> tenants) {
    Random random = new Random(37);
    String id = tenants.getFirst().id();
    while (poisoned.size() < POISONED) {
      Poison poison = Poison.values()[poisoned.size() % Poison.values().length];
      if (poisoned.putIfAbsent(id, poison) == null) {
        run(connection, id, poison.sql);
      }
      id = tenants.get(random.nextInt(tenants.size())).id();
    }
  }

  private static void run(Burgage connection, String tenant, String sql) {
    connection.pool(Cell.POOL).get(tenant).prepare(sql).run();
  }

  private void startWriters(Cell cell, InsertLoad load, List<Tenant> tenants) {
    Burgage atNode1 = cell.connect(cell.node1());
    Burgage atNode2 = cell.connect(cell.node2());
    tenants.stream()
        .filter(tenant -> !poisoned.containsKey(tenant.id()))
        .limit(WRITERS)
        .forEach(tenant ->
            load.startClient(
                tenant.node(), tenant.node().equals("node-1") ? atNode1 : atNode2, tenant.id()));
  }

  private String rollOutWithKills(Cell cell, Burgage connection) {
    connection.migrations(Cell.POOL).register(Map.of("V1__entry.sql", V1, "V2__points.sql", V2));
    Rollouts rollouts = connection.rollouts(Cell.POOL);
    String canary = poisoned.keySet().stream().sorted().findFirst().orElseThrow();
    Rollout planned =
        rollouts.plan(
            Map.of(
                "canary", Map.of("tenants", List.of(canary, "t-1", "t-2")),
                "waves", List.of(Map.of("percent", 30), Map.of("percent", 50)),
                "gate", Map.of("failuresMax", 0),
                "invariants",
                    List.of(
                        Map.of(
                            "name", "no debts",
                            "sql", "select id from customer where balance < 0",
                            "expect", "empty")),
                "acceptWarnings", true));
    String id = rollouts.start(planned).id();
    Await.until("the canary halts it", () -> rollouts.get(id).state() == Rollout.State.HALTED);
    assertThat(rollouts.get(id).why())
        .startsWith("wave 0 halted: 1 of 3 tenants failed, at most 0 may;")
        .contains(told(canary));
    assertThat(done(rollouts.get(id))).as("nobody else was touched").isEqualTo(3);

    int kills = CONTROL_PLANE_KILLS + NODE_KILLS;
    for (int kill = 1; kill <= kills; kill++) {
      goOnUntil(rollouts, id, TENANTS * kill / (kills + 1));
      if (kill % 3 == 2) {
        CellProcess node = cell.node1().process();
        node.kill();
        cell.node1().awaitOtherThan(node);
      } else {
        cell.controlPlane().kill();
        cell.startControlPlane();
      }
    }
    goOnUntil(rollouts, id, TENANTS);
    Await.until(
        "it finishes",
        () -> {
          Rollout rollout = rollouts.get(id);
          if (rollout.state() == Rollout.State.HALTED) {
            rollouts.resume(id); // by the failure of the very last tenant
          }
          return rollout.isFinished();
        });
    Rollout.Counts counts = rollouts.get(id).counts();
    assertThat(counts.failed()).isEqualTo(POISONED);
    assertThat(counts.applied() + counts.upToDate()).isEqualTo(TENANTS - POISONED);
    assertThat(rollouts.targets(id, "failed"))
        .allSatisfy(target -> assertThat(target.error()).contains(told(target.tenant())));
    return id;
  }

  // Gates break on the way; whoever watches lets it go on.
  private static void goOnUntil(Rollouts rollouts, String id, int targets) {
    long longest = System.nanoTime() + ROLLOUT_LONGEST.toNanos();
    while (System.nanoTime() < longest) {
      Rollout rollout = rollouts.get(id);
      if (done(rollout) >= targets) {
        return;
      }
      if (rollout.state() == Rollout.State.HALTED) {
        rollouts.resume(id);
      }
      rollouts.await(id, Duration.ofMillis(100));
    }
    throw new AssertionError("the rollout does not go on: " + rollouts.get(id));
  }

  private static int done(Rollout rollout) {
    Rollout.Counts counts = rollout.counts();
    return counts.applied() + counts.upToDate() + counts.failed();
  }

  /// @return how many targets the retry changed
  private int mendAndRetry(Burgage connection, String id) {
    Rollouts rollouts = connection.rollouts(Cell.POOL);
    Set<RolloutTarget> before = rollouts.targets(id).collect(Collectors.toSet());
    poisoned.forEach((tenant, poison) -> run(connection, tenant, poison.antidote));
    rollouts.retry(id);
    Await.until(
        "the retry ends",
        () -> {
          Rollout rollout = rollouts.get(id);
          return rollout.isFinished() && rollout.counts().failed() == 0;
        });
    List<RolloutTarget> changed =
        rollouts.targets(id).filter(target -> !before.contains(target)).toList();
    assertThat(changed)
        .extracting(RolloutTarget::tenant)
        .containsExactlyInAnyOrderElementsOf(poisoned.keySet());
    return changed.size();
  }

  private static void tell(
      Burgage connection, String id, Duration took, int retried, InsertLoad load) {
    System.out.printf(
        "rollout killed: %d tenants, %d kills of the control plane, %d of a node, %d poisoned,"
            + " %d retried, %.1f s to the first end; %s%n",
        TENANTS,
        CONTROL_PLANE_KILLS,
        NODE_KILLS,
        POISONED,
        retried,
        took.toMillis() / 1e3,
        connection.rollouts(Cell.POOL).get(id).counts());
    for (String node : List.of("node-1", "node-2")) {
      List<InsertLoad.Client> clients =
          load.clients().stream().filter(client -> client.door().equals(node)).toList();
      System.out.printf(
          "writers on %s: %d, %d inserts acknowledged, %d not%n",
          node,
          clients.size(),
          clients.stream().mapToLong(client -> client.done().get()).sum(),
          clients.stream().mapToLong(client -> client.failed().get()).sum());
    }
  }

  private String told(String tenant) {
    return Objects.requireNonNull(poisoned.get(tenant), tenant).told;
  }

  private static Path fileOf(Tenant tenant, Map<String, CellNode> nodes) {
    CellNode node = Objects.requireNonNull(nodes.get(tenant.node()), tenant.node());
    return node.databaseFile(Cell.fileOf(tenant));
  }

  private static void assertThatFilesAreRight(List<Tenant> tenants, Map<String, CellNode> nodes) {
    Set<List<String>> schemas = new HashSet<>();
    for (Tenant tenant : tenants) {
      Path path = fileOf(tenant, nodes);
      DatabaseFile file = new DatabaseFile(path);
      assertThat(
              file.ask("select version || success from _cf_schema_history order by installed_rank"))
          .as("history of %s", tenant.id())
          .containsExactly("11", "21");
      assertThat(file.ask("select name from d1_migrations order by id"))
          .as("wrangler's history of %s", tenant.id())
          .containsExactly("V1__entry.sql", "V2__points.sql");
      assertThat(file.ask("select number from points")).as(tenant.id()).containsExactly("20000");
      assertThat(file.ask("pragma integrity_check")).as(tenant.id()).containsExactly("ok");
      schemas.add(
          file.ask("select type || name || coalesce(sql, '') from sqlite_schema order by 1"));
    }
    assertThat(schemas).hasSize(1);
  }

  // Stock Flyway on a copy of a tenant's file, with the table's name as its only setting.
  private void assertThatFlywayAgrees(Path file) throws IOException {
    Path scripts = Files.createDirectories(folder.resolve("scripts"));
    Files.writeString(scripts.resolve("V1__entry.sql"), V1);
    Files.writeString(scripts.resolve("V2__points.sql"), V2);
    Path copy = Files.copy(file, folder.resolve("downloaded.db"));
    Flyway flyway =
        Flyway.configure()
            .dataSource(new DatabaseFile(copy).url(), "", "")
            .locations("filesystem:" + scripts)
            .table("_cf_schema_history")
            .load();
    ValidateResult result = flyway.validateWithResult();
    assertThat(result.validationSuccessful).as(result.getAllErrorMessages()).isTrue();
    assertThat(flyway.info().applied())
        .extracting(MigrationInfo::getScript)
        .containsExactly("V1__entry.sql", "V2__points.sql");
    assertThat(flyway.info().pending()).isEmpty();
  }
}
