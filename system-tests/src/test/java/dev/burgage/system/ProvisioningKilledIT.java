package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.client.Burgage;
import dev.burgage.client.Tenant;
import dev.burgage.client.TenantState;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Tenants are made while parts are killed: whoever was told that a tenant is made has it, none is
/// half made in the end, and no file is left that belongs to nobody.
class ProvisioningKilledIT {
  private static final int PATIENT_CLIENTS = 4;
  private static final int MADE_BETWEEN_KILLS = 15;
  private static final Duration PATIENT_PAUSE = Duration.ofMillis(50);
  private static final Duration HASTY_PAUSE = Duration.ofMillis(250);
  private static final Map<String, String> QUICK_SWEEPS =
      Map.of(
          "BURGAGE_PROVISIONING_EVERY", "1s",
          "BURGAGE_PROVISIONING_RECONCILEAFTER", "3s",
          "BURGAGE_PROVISIONING_ORPHANAGE", "2s",
          "BURGAGE_PROVISIONING_ORPHANSEVERY", "2s");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  private final Set<String> made = ConcurrentHashMap.newKeySet();
  private final Set<String> wrong = ConcurrentHashMap.newKeySet();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicBoolean enough = new AtomicBoolean();

  @Test
  void noTenantIsHalfMadeAndNoFileIsLeftWhateverIsKilled() throws Exception {
    try (Cell cell = new Cell("ProvisioningKilled", folder, QUICK_SWEEPS)) {
      cell.startControlPlane();
      cell.joinNode2();
      Burgage connection = cell.connect();
      connection.pools().create(Cell.POOL);
      connection.migrations(Cell.POOL).register(InsertLoad.MIGRATION);
      List<Thread> clients = startClients(cell);
      killInTurn(cell);
      enough.set(true);
      for (Thread client : clients) {
        client.join();
      }
      Await.until(
          "every tenant is made whole",
          () ->
              connection.tenants(Cell.POOL).list().allMatch(t -> t.state() == TenantState.ACTIVE));
      List<Tenant> tenants = connection.tenants(Cell.POOL).list().toList();
      assertThat(wrong).as("answers that a client can do nothing with").isEmpty();
      assertThat(tenants).extracting(Tenant::id).containsAll(made);
      assertThat(tenants)
          .allSatisfy(t -> assertThat(InsertLoad.stored(connection, Cell.POOL, t.id())).isEmpty());
      plantOrphan(cell, tenants.getFirst());
      awaitExactlyTheFilesOf(cell, tenants);
      System.out.printf("%d tenants are whole, %d of them promised%n", tenants.size(), made.size());
    }
  }

  private List<Thread> startClients(Cell cell) {
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < PATIENT_CLIENTS; i++) {
      Burgage connection = cell.connect();
      clients.add(Thread.ofVirtual().start(() -> makeUntilEnough(connection)));
    }
    // These go away before the answer, and leave what they began.
    Burgage hasty =
        cell.keep(
            Burgage.builder(cell.url(), Cell.TOKEN)
                .retryFor(Duration.ZERO)
                .requestTimeout(Duration.ofMillis(15)));
    clients.add(Thread.ofVirtual().start(() -> beginUntilEnough(hasty)));
    return clients;
  }

  private void makeUntilEnough(Burgage connection) {
    while (!enough.get()) {
      String id = "t-" + numbers.incrementAndGet();
      Await.until(id + " is made", () -> make(connection, id));
      made.add(id);
      pause(PATIENT_PAUSE);
    }
  }

  // Whoever is refused for a part that is away is told to repeat, or that nothing is known.
  private boolean make(Burgage connection, String id) {
    try {
      return connection.tenants(Cell.POOL).create(id).id().equals(id);
    } catch (BurgageException e) {
      if (!e.code().retryable() && e.code() != ErrorCode.OUTCOME_UNKNOWN) {
        wrong.add(id + ": " + e.code() + ": " + e.getMessage());
      }
      throw e;
    }
  }

  private void beginUntilEnough(Burgage connection) {
    while (!enough.get()) {
      try {
        connection.tenants(Cell.POOL).create("hasty-" + numbers.incrementAndGet());
      } catch (BurgageException e) {
        // as meant
      }
      pause(HASTY_PAUSE);
    }
  }

  private static void pause(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void killInTurn(Cell cell) {
    awaitMore("at first");
    CellProcess node1 = cell.node1().process();
    node1.kill();
    cell.node1().awaitOtherThan(node1);
    awaitMore("after node-1");
    CellProcess postgres = cell.postgres();
    postgres.kill();
    cell.awaitPostgresOtherThan(postgres);
    awaitMore("after PostgreSQL");
    cell.controlPlane().kill();
    cell.startControlPlane();
    awaitMore("after the control plane");
    // Not dead, only silent: what it was ordered to do may still be done when others have given up.
    CellProcess node2 = cell.node2().process();
    node2.freeze();
    awaitMore("with node-2 frozen");
    node2.thaw();
    node2.kill();
    cell.startNode2();
    awaitMore("after node-2");
  }

  private void awaitMore(String when) {
    int goal = made.size() + MADE_BETWEEN_KILLS;
    Await.until("tenants are made " + when, () -> made.size() >= goal);
  }

  // So that the sweep has at least one.
  private static void plantOrphan(Cell cell, Tenant tenant) throws IOException {
    CellNode node = cell.node(tenant.node());
    String orphan = UUID.randomUUID() + "-1.db";
    Path to = node.databaseFile(orphan);
    Files.createDirectories(to.getParent());
    Files.write(to, new byte[4096]);
    assertThat(node.databaseFiles()).contains(orphan);
  }

  private static void awaitExactlyTheFilesOf(Cell cell, List<Tenant> tenants) {
    for (CellNode node : List.of(cell.node1(), cell.node2())) {
      Set<String> expected = new TreeSet<>();
      tenants.stream()
          .filter(t -> t.node().equals(node.name()))
          .map(Cell::fileOf)
          .forEach(expected::add);
      Await.until(
          "orphans are swept on " + node.name(),
          () -> {
            Set<String> files = node.databaseFiles();
            assertThat(files).containsAll(expected);
            if (!files.equals(expected)) {
              files.removeAll(expected);
              throw new IllegalStateException("belong to nobody: " + files);
            }
            return true;
          });
    }
  }
}
