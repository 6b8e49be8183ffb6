package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.client.Burgage;
import dev.burgage.client.Rollout;
import dev.burgage.client.RolloutTarget;
import dev.burgage.client.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.output.ValidateResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A rollout goes on by itself when the node or the control plane is killed in the middle of it,
/// and nobody gets a migration twice.
class RolloutKilledIT {
  private static final int TENANTS = 300;
  private static final int AT_ONCE = 16;
  private static final String POISONED = "t-150";
  private static final String V1 = "create table entry (number integer not null);\n";
  // Cannot be applied twice, and takes its time.
  private static final String V2 =
      """
      create table points (number integer not null);
      insert into points
      with recursive counted (n) as (select 1 union all select n + 1 from counted where n < 200000)
      select count(*) from counted;
      """;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  @Test
  void everyTenantIsMigratedOnceWhateverIsKilled() throws Exception {
    List<Tenant> tenants;
    CellNode node;
    try (Cell cell = new Cell("RolloutKilled", folder, Map.of("BURGAGE_ROLLOUT_BATCH", "10"))) {
      node = cell.node1();
      cell.startControlPlane();
      Burgage connection = cell.connect();
      tenants = makeTenants(connection);
      run(connection, "create table points (mine text)");
      connection.migrations(Cell.POOL).register(Map.of("V1__entry.sql", V1, "V2__points.sql", V2));
      rollOutWithKills(cell, connection);
      mendAndRollOutAgain(connection);
      cell.stop();
    }
    for (Tenant tenant : tenants) {
      DatabaseFile file = new DatabaseFile(node.databaseFile(Cell.fileOf(tenant)));
      assertThat(
              file.ask("select version || success from _cf_schema_history order by installed_rank"))
          .as("history of %s", tenant.id())
          .containsExactly("11", "21");
      assertThat(file.ask("select number from points")).as(tenant.id()).containsExactly("200000");
    }
    assertThatFlywayAgrees(node.databaseFile(Cell.fileOf(tenants.getFirst())));
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
    return tenants;
  }

  private static void run(Burgage connection, String sql) {
    connection.pool(Cell.POOL).get(POISONED).prepare(sql).run();
  }

  private static void rollOutWithKills(Cell cell, Burgage connection) {
    String id = connection.rollouts(Cell.POOL).start().id();
    int done = awaitMiddle(connection, id, 0);
    CellProcess node = cell.node1().process();
    node.kill();
    cell.node1().awaitOtherThan(node);
    awaitMiddle(connection, id, done);
    cell.controlPlane().kill();
    cell.startControlPlane();
    Await.until(
        "the rollout ends by itself", () -> connection.rollouts(Cell.POOL).get(id).isFinished());
    Rollout.Counts counts = connection.rollouts(Cell.POOL).get(id).counts();
    assertThat(counts.failed()).isEqualTo(1);
    assertThat(counts.applied() + counts.upToDate()).isEqualTo(TENANTS - 1);
    assertThat(counts.applied()).isPositive();
    assertThat(connection.rollouts(Cell.POOL).targets(id, "failed"))
        .singleElement()
        .satisfies(target -> {
          assertThat(target.tenant()).isEqualTo(POISONED);
          assertThat(target.error()).contains("points", "already exists");
        });
  }

  private static int awaitMiddle(Burgage connection, String rollout, int more) {
    Await.until(
        "the rollout is under way",
        () -> done(connection.rollouts(Cell.POOL).get(rollout).counts()) > more);
    Rollout.Counts counts = connection.rollouts(Cell.POOL).get(rollout).counts();
    assertThat(counts.pending()).as("the rollout is too quick to be killed").isPositive();
    return done(counts);
  }

  private static int done(Rollout.Counts counts) {
    return counts.applied() + counts.upToDate() + counts.failed();
  }

  private static void mendAndRollOutAgain(Burgage connection) {
    run(connection, "drop table points");
    String id = connection.rollouts(Cell.POOL).start().id();
    Await.until(
        "the second rollout ends", () -> connection.rollouts(Cell.POOL).get(id).isFinished());
    assertThat(connection.rollouts(Cell.POOL).get(id).counts())
        .isEqualTo(new Rollout.Counts(0, 1, TENANTS - 1, 0));
    assertThat(connection.rollouts(Cell.POOL).targets(id, "applied"))
        .extracting(RolloutTarget::tenant)
        .containsExactly(POISONED);
    assertThat(connection.tenants(Cell.POOL).list())
        .hasSize(TENANTS)
        .allSatisfy(tenant -> assertThat(tenant.schemaVersion()).isEqualTo("2"));
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
