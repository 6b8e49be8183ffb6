package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.store.FolderStore;
import dev.burgage.node.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random commits, slices, crashes, merges, deletions, and a store that fails at any call: whatever
/// came before, every bookmark in the window comes back as SQLite had it.
class CampaignTest {
  private static final int STEPS = 120;
  private static final int TENANTS = 5;
  // Short, so that days are collapsed and slices deleted many times in a campaign.
  private static final ShipSettings SETTINGS =
      new ShipSettings(
          Duration.ofSeconds(1),
          100_000,
          150_000,
          Duration.ofDays(1),
          Duration.ofDays(5),
          1_000_000);
  private static final int TRIES_MAX = 200;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void everyBookmarkInTheWindowComesBackWhateverHappened(long seed) throws Exception {
    Random random = new Random(seed);
    FolderStore objects = new FolderStore(folder.resolve("objects"));
    List<Tenant> purged = new ArrayList<>();
    try (Cell cell = new Cell(folder, objects, SETTINGS)) {
      for (int i = 0; i < TENANTS; i++) {
        cell.tenant(i);
      }
      for (int step = 0; step < STEPS; step++) {
        if (random.nextInt(15) == 0) {
          Tenant gone = cell.tenants.remove(random.nextInt(TENANTS));
          gone.delete(cell.log);
          purged.add(gone);
          cell.tenant(TENANTS + step);
        }
        if (!purged.isEmpty() && random.nextInt(20) == 0) {
          Tenant back = purged.remove(random.nextInt(purged.size()));
          back.states().clear();
          back.revive(cell.log);
          cell.tenants.add(back);
        }
        step(cell, random);
      }
      cell.store.heal();
      cell.ship();
      compact(cell, random, /* mayDie= */ false);
      cell.requireWindow();
      requireNothingIsLeft(cell);
      requirePurged(cell, purged);
    }
  }

  // Until the window has passed they come back as they were; then there is nothing of them.
  private static void requirePurged(Cell cell, List<Tenant> purged) throws Exception {
    for (Tenant tenant : purged) {
      cell.restore(tenant, tenant.newest(), null);
    }
    cell.clock.advance(SETTINGS.window().plusDays(2));
    for (Tenant tenant : cell.tenants) {
      tenant.execute("insert into t0(a) values(1)");
      tenant.record();
    }
    cell.ship();
    cell.compact();
    cell.retention().run(Cell.LOG);
    for (Tenant tenant : purged) {
      assertThat(cell.keys(Cell.LAYOUT.database(tenant.id()))).isEmpty();
      assertThat(cell.restore(tenant, tenant.newest(), null))
          .isEqualTo(new RestoreOutcome.NoSuchDatabase());
    }
    cell.requireWindow();
  }

  private static void step(Cell cell, Random random) throws IOException, SQLException {
    switch (random.nextInt(12)) {
      case 0 -> cell.clock.advance(Duration.ofHours(random.nextInt(60)));
      case 1 -> cell.store.failSometimes(random, 2 + random.nextInt(20));
      case 2 -> cell.store.heal();
      case 3 -> cell.restart(random);
      case 4 -> cell.tenants.get(random.nextInt(TENANTS)).bigTransaction(1 + random.nextInt(300));
      case 5 -> compact(cell, random, /* mayDie= */ true);
      case 6 -> retain(cell, random);
      case 7, 8 -> ship(cell, random);
      default -> cell.commits(random, 1 + random.nextInt(9));
    }
  }

  // Dies where the store fails, or goes on trying.
  private static void ship(Cell cell, Random random) throws IOException {
    for (int i = 0; i < TRIES_MAX; i++) {
      try {
        cell.ship();
        return;
      } catch (StoreException e) {
        if (random.nextInt(4) == 0) {
          cell.shipper = cell.newShipper();
        }
      }
    }
  }

  private static void compact(Cell cell, Random random, boolean mayDie) throws IOException {
    for (int i = 0; i < TRIES_MAX; i++) {
      try {
        cell.compact();
        return;
      } catch (StoreException e) {
        if (mayDie && random.nextInt(3) == 0) {
          return;
        }
      }
    }
  }

  private static void retain(Cell cell, Random random) throws IOException {
    for (int i = 0; i < TRIES_MAX; i++) {
      try {
        cell.retention().run(Cell.LOG);
        return;
      } catch (StoreException e) {
        if (random.nextInt(3) == 0) {
          return;
        }
      }
    }
  }

  // Halves of merges and slices that were merged are swept away in the end.
  private static void requireNothingIsLeft(Cell cell) throws IOException {
    cell.compact();
    LogObjects objects = new LogObjects(cell.store, Cell.LAYOUT);
    LogObjects.Found found = objects.list(Cell.LOG, LogObjects.NOWHERE);
    long parts = found.spans().stream().mapToLong(span -> span.parts().size()).sum();
    assertThat(found.slices()).hasSize((int) parts);
  }

  /// Each call of the store in turn fails once, before or after it did what it was asked.
  @ParameterizedTest
  @ValueSource(strings = {"BEFORE", "AFTER"})
  void whicheverCallFailsNothingIsLostAndNothingIsThereTwice(FaultyStore.Fault fault)
      throws Exception {
    Random random = new Random(7);
    try (Cell cell = new Cell(folder)) {
      for (int i = 0; i < 3; i++) {
        cell.tenant(i);
      }
      long call = 1;
      for (int round = 0; round < 40; round++) {
        cell.commits(random, 3);
        long failing = call;
        cell.store.set(number -> number == failing ? fault : FaultyStore.Fault.NONE);
        if (round % 8 == 7) {
          cell.restart(random);
        }
        ship(cell, random);
        if (round % 4 == 3) {
          cell.clock.advance(Duration.ofHours(9));
          compact(cell, random, /* mayDie= */ false);
        }
        call = cell.store.calls() <= call ? 1 : call + 1;
      }
      cell.store.heal();
      cell.ship();
      cell.requireWindow();
    }
  }
}
