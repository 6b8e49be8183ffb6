package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.client.Burgage;
import dev.burgage.client.Tenant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Every part is killed with `kill -9` while clients insert: what was acknowledged stays, once, and
/// the service comes back by itself.
class KilledPartsIT {
  private static final int TENANTS = 6;
  private static final int FURTHER = 10;
  private static final int ROUNDS = Integer.getInteger("campaign.rounds", 1);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  private enum Part {
    NODE_1,
    NODE_2,
    POSTGRES,
    CONTROL_PLANE,
    CONTROL_PLANE_AND_POSTGRES
  }

  @Test
  void noAcknowledgedInsertIsLostWhateverIsKilled() {
    try (Cell cell = new Cell("KilledParts", folder, Map.of());
        InsertLoad load = new InsertLoad(Cell.POOL)) {
      cell.startControlPlane();
      cell.joinNode2();
      startClients(cell, load);
      load.awaitProgress("at first", FURTHER, _ -> true);
      for (int round = 1; round <= ROUNDS; round++) {
        var parts = new ArrayList<>(List.of(Part.values()));
        // The first round in the order above; its number makes the order of each further one.
        Collections.shuffle(parts.subList(0, round == 1 ? 0 : parts.size()), new Random(round));
        for (Part part : parts) {
          kill(part, cell, load);
          load.awaitProgress("round %d, after %s".formatted(round, part), FURTHER, _ -> true);
        }
      }
      load.stop();
      Burgage connection = cell.connect();
      load.verify(tenant -> InsertLoad.stored(connection, Cell.POOL, tenant));
      System.out.printf(
          "%d acknowledged inserts are there after %d rounds of kills%n",
          load.acknowledged(), ROUNDS);
    }
  }

  private static void startClients(Cell cell, InsertLoad load) {
    Burgage connection = cell.connect();
    connection.pools().create(Cell.POOL);
    connection.migrations(Cell.POOL).register(InsertLoad.MIGRATION);
    List<Tenant> tenants = new ArrayList<>();
    for (int i = 0; i < TENANTS; i++) {
      tenants.add(connection.tenants(Cell.POOL).create("t-" + i));
    }
    assertThat(tenants).extracting(Tenant::node).contains("node-1", "node-2");
    Burgage atNode1 = cell.connect(cell.node1());
    Burgage atNode2 = cell.connect(cell.node2());
    for (Tenant tenant : tenants) {
      load.startClient("control plane", connection, tenant.id());
      load.startClient("owner", tenant.node().equals("node-1") ? atNode1 : atNode2, tenant.id());
      load.startClient("other", tenant.node().equals("node-1") ? atNode2 : atNode1, tenant.id());
    }
  }

  private static void kill(Part part, Cell cell, InsertLoad load) {
    switch (part) {
      case NODE_1 -> {
        CellProcess old = cell.node1().process();
        old.kill();
        assertThat(cell.node1().awaitOtherThan(old).pid()).isNotEqualTo(old.pid());
      }
      case NODE_2 -> {
        cell.node2().process().kill();
        cell.startNode2();
      }
      case POSTGRES -> {
        CellProcess old = cell.postgres();
        old.kill();
        cell.awaitPostgresOtherThan(old);
        cell.awaitReady();
      }
      case CONTROL_PLANE -> killControlPlane(cell, load);
      case CONTROL_PLANE_AND_POSTGRES -> killControlPlaneAndPostgres(cell, load);
    }
    provision(cell);
  }

  // Node and database live on without it, and the next one takes them over.
  private static void killControlPlane(Cell cell, InsertLoad load) {
    CellProcess old = cell.controlPlane();
    CellProcess node = cell.node1().process();
    CellProcess postgres = cell.postgres();
    old.kill();
    load.awaitProgress("without control plane", FURTHER, KilledPartsIT::goesToNode);
    cell.startControlPlane();
    assertThat(cell.controlPlane().pid()).isNotEqualTo(old.pid());
    assertThat(cell.node1().process()).isEqualTo(node);
    assertThat(cell.postgres()).isEqualTo(postgres);
  }

  // The node serves by what it knows, also after it was started again.
  private static void killControlPlaneAndPostgres(Cell cell, InsertLoad load) {
    CellProcess postgres = cell.postgres();
    cell.controlPlane().kill();
    postgres.kill();
    load.awaitProgress("without metadata", FURTHER, KilledPartsIT::goesToNode);
    cell.node2().process().kill();
    cell.startNode2();
    load.awaitProgress("without metadata, node started again", FURTHER, KilledPartsIT::goesToNode);
    cell.startControlPlane();
    assertThat(cell.postgres().pid()).isNotEqualTo(postgres.pid());
    // It was adopted and is nobody's child; it is looked after all the same.
    CellProcess adopted = cell.node1().process();
    adopted.kill();
    cell.node1().awaitOtherThan(adopted);
  }

  private static boolean goesToNode(InsertLoad.Client client) {
    return !client.door().equals("control plane");
  }

  private static void provision(Cell cell) {
    String id = "new-" + System.nanoTime();
    Burgage connection = cell.connect();
    Await.until(
        "a tenant can be made and asked",
        () -> {
          connection.tenants(Cell.POOL).create(id);
          return InsertLoad.stored(connection, Cell.POOL, id).isEmpty();
        });
  }
}
