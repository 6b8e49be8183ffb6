package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.client.Burgage;
import dev.burgage.client.Tenant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class TwoNodesIT {
  private static final int TENANTS = 1_000;
  private static final int AT_ONCE = 16;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  @Test
  void aTenantCanBeAskedEverywhereAsSoonAsItIsMade() throws Exception {
    try (Cell cell = new Cell("TwoNodes", folder, Map.of())) {
      cell.startControlPlane();
      cell.joinNode2();
      Burgage connection = cell.connect();
      connection.pools().create(Cell.POOL);
      connection.migrations(Cell.POOL).register(InsertLoad.MIGRATION);
      // These have never heard of a revision; each statement is their first word of the tenant.
      Map<String, Burgage> strangers =
          Map.of("node-1", cell.connect(cell.node1()), "node-2", cell.connect(cell.node2()));
      Map<String, Burgage> hearers =
          Map.of("node-1", cell.connect(cell.node1()), "node-2", cell.connect(cell.node2()));
      Map<String, Integer> owned = new ConcurrentHashMap<>();
      List<Future<?>> all = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
        for (int i = 0; i < TENANTS; i++) {
          String id = "t-" + i;
          all.add(threads.submit(() -> makeAndAsk(id, connection, strangers, hearers, owned)));
        }
      }
      await(all);
      assertThat(owned.keySet()).containsExactlyInAnyOrder("node-1", "node-2");
      assertThat(owned.values()).allSatisfy(n -> assertThat(n).isGreaterThan(TENANTS / 5));
      assertThat(connection.tenants(Cell.POOL).list()).hasSize(TENANTS);
      for (Burgage stranger : strangers.values()) {
        askForMuch(stranger, "t-0"); // one of the two has to pass it on
      }
    }
  }

  private static void makeAndAsk(
      String id,
      Burgage connection,
      Map<String, Burgage> strangers,
      Map<String, Burgage> hearers,
      Map<String, Integer> owned) {
    Tenant tenant = connection.tenants(Cell.POOL).create(id);
    owned.merge(tenant.node(), 1, Integer::sum);
    String other = tenant.node().equals("node-1") ? "node-2" : "node-1";
    Burgage stranger = strangers.getOrDefault(other, connection);
    assertThat(stranger).isNotSameAs(connection);
    assertThat(InsertLoad.stored(stranger, Cell.POOL, id)).isEmpty();
    assertThat(InsertLoad.stored(connection, Cell.POOL, id)).isEmpty();
    // And one that has heard.
    Burgage told = hearers.getOrDefault(other, connection);
    told.seen(connection.revision());
    assertThat(InsertLoad.stored(told, Cell.POOL, id)).isEmpty();
  }

  private static void askForMuch(Burgage stranger, String id) {
    String half = "hex(zeroblob(900000))";
    List<Object> row =
        stranger.pool(Cell.POOL).get(id).prepare("SELECT " + half + ", " + half).raw().getFirst();
    assertThat(row).allSatisfy(value -> assertThat((String) value).hasSize(1_800_000));
  }

  private static void await(List<Future<?>> all) throws InterruptedException {
    for (Future<?> one : all) {
      try {
        one.get();
      } catch (ExecutionException e) {
        throw new AssertionError("a tenant could not be made or asked", e.getCause());
      }
    }
  }
}
