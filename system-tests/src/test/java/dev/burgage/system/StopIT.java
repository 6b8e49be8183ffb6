package dev.burgage.system;

import dev.burgage.client.Burgage;
import dev.burgage.client.Tenant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `burgage dev` is stopped under load: nothing of it stays behind, and nothing that it promised is
/// lost.
class StopIT {
  private static final int TENANTS = 3;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  enum Way {
    /// A terminal sends it to all that run in it; PostgreSQL has a session of its own.
    CTRL_C,
    /// An init system tells the one process that it knows.
    TERMINATE
  }

  @ParameterizedTest
  @EnumSource
  void everythingEndsAndNothingIsLost(Way way) {
    Map<String, DatabaseFile> files = new TreeMap<>();
    try (Cell cell = new Cell("Stop" + way, folder, Map.of());
        InsertLoad load = new InsertLoad(Cell.POOL)) {
      cell.startControlPlane();
      startClients(cell, load, files);
      load.awaitProgress("before the stop", 20, _ -> true);
      List<CellProcess> all = List.of(cell.controlPlane(), cell.node1().process(), cell.postgres());
      stop(way, all);
      for (CellProcess process : all) {
        process.awaitEnd();
      }
      load.stop();
      load.verify(tenant ->
          files
              .getOrDefault(tenant, new DatabaseFile(folder))
              .ask("select number from entry")
              .stream()
              .map(Long::valueOf)
              .toList());
    }
  }

  private static void startClients(Cell cell, InsertLoad load, Map<String, DatabaseFile> files) {
    Burgage connection = cell.connect();
    connection.pools().create(Cell.POOL);
    connection.migrations(Cell.POOL).register(InsertLoad.MIGRATION);
    Burgage atNode = cell.connect(cell.node1());
    for (int i = 0; i < TENANTS; i++) {
      Tenant tenant = connection.tenants(Cell.POOL).create("t-" + i);
      files.put(tenant.id(), new DatabaseFile(cell.node1().databaseFile(Cell.fileOf(tenant))));
      load.startClient("control plane", connection, tenant.id());
      load.startClient("node", atNode, tenant.id());
    }
  }

  private static void stop(Way way, List<CellProcess> all) {
    CellProcess controlPlane = all.getFirst();
    switch (way) {
      case CTRL_C -> {
        controlPlane.interrupt();
        all.get(1).interrupt();
      }
      case TERMINATE -> controlPlane.terminate();
    }
  }
}
