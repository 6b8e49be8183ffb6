package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.LogSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two processes that take themselves for the node whose log this is.
class FencingTest {
  @TempDir Path folder;

  private static void commit(Cell cell, Tenant tenant, int value) throws Exception {
    tenant.execute("insert into t0(a) values(" + value + ")");
    tenant.record();
    cell.clock.advance(Duration.ofSeconds(1));
  }

  private static List<Path> slices(Cell cell) throws IOException {
    try (Stream<Path> files = Files.walk(cell.objects)) {
      return files.filter(file -> file.toString().contains("/l0/")).toList();
    }
  }

  @Test
  void aSliceOfAnEarlierProcessThatArrivesLateDoesNotCount() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      commit(cell, tenant, 1);
      cell.ship();
      Shipper paused = cell.shipper;
      commit(cell, tenant, 2);
      // Its slice is on the way: kept aside here, and let go when another process has shipped.
      List<Path> before = slices(cell);
      paused.ship();
      List<Path> late = new ArrayList<>(slices(cell));
      late.removeAll(before);
      Path aside = folder.resolve("late");
      Files.move(late.getFirst(), aside);

      commit(cell, tenant, 3);
      cell.shipper = cell.newShipper();
      cell.ship();
      Files.move(aside, late.getFirst());

      LogObjects.Found found =
          new LogObjects(cell.store, Cell.LAYOUT).list(Cell.LOG, LogObjects.NOWHERE);
      assertThat(found.slices()).hasSize(3);
      assertThat(found.spans()).hasSize(2);
      cell.requireAll();
      cell.clock.advance(Duration.ofHours(1));
      cell.compact();
      cell.requireAll();
      assertThatThrownBy(paused::checkStint)
          .isInstanceOf(FencedOffException.class)
          .hasMessageContaining("another process ships it");
    }
  }

  @Test
  void aCopyOfANodesDiskThatWentOnElsewhereDoesNotMixItsCommitsIn() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      commit(cell, tenant, 1);
      cell.ship();
      Shipper copy = cell.shipper;
      commit(cell, tenant, 2);
      cell.shipper = cell.newShipper();
      cell.ship();
      // What the copy ships now lies behind the place where the other one began.
      commit(cell, tenant, 3);
      assertThat(copy.ship()).isFalse();
      commit(cell, tenant, 4);
      cell.ship();
      cell.requireAll();
    }
  }

  @Test
  void anOlderLogThanTheOneThatWasShippedIsRefused() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      commit(cell, tenant, 1);
      Path old = Files.createDirectory(folder.resolve("old-log"));
      try (Stream<Path> files = Files.list(folder.resolve("log"))) {
        for (Path file : files.toList()) {
          Files.copy(file, old.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      commit(cell, tenant, 2);
      cell.ship();
      try (CommitLog restored =
          CommitLog.open(old, Cell.NODE, LogSettings.DEFAULT, cell.clock, _ -> false)) {
        Shipper shipper =
            new Shipper(
                new Shipper.Parts(
                    restored, Cell.LOG, cell.store, Cell.LAYOUT, cell::findTemplate, cell.clock),
                Cell.SETTINGS);
        assertThatThrownBy(shipper::ship)
            .isInstanceOf(FencedOffException.class)
            .hasMessageContaining("this is not the log that was shipped");
      }
    }
  }

  @Test
  void aLogThatIsShippedAgainUnderAnotherNameIsReadOn() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      commit(cell, tenant, 1);
      cell.ship();
      commit(cell, tenant, 2);
      LogName again = LogName.begin(Cell.NODE, 1_800_000_100L, 7);
      Shipper second =
          new Shipper(
              new Shipper.Parts(
                  cell.log, again, cell.store, Cell.LAYOUT, cell::findTemplate, cell.clock),
              Cell.SETTINGS);
      while (second.ship()) {
        // until there is no more
      }
      cell.requireAll();
      assertThat(new LogObjects(cell.store, Cell.LAYOUT).logs(Cell.NODE))
          .containsExactlyInAnyOrder(Cell.LOG, again);
    }
  }

  @Test
  void whatALostLogShipsAfterAnotherWentOnDoesNotCount() throws Exception {
    LogName next = LogName.begin(Cell.NODE, 1_800_000_100L, 7);
    try (Cell cell = new Cell(folder);
        CommitLog log =
            CommitLog.open(folder.resolve("next"), Cell.NODE, LogSettings.DEFAULT, cell.clock)) {
      Tenant lost = cell.tenant(1);
      commit(cell, lost, 1);
      cell.ship();
      List<Tenant.State> shipped = List.copyOf(lost.states().values());
      Path file = folder.resolve("next.db");
      var newest = (RestoreOutcome.Restored) cell.restore().toNewest(lost.id(), file);
      long transaction = newest.bookmark().transaction() + 1;
      Home home = new Home(lost.id(), 1, next, transaction, log.durableEnd(), false);
      home.putAsNext(cell.store, Cell.LAYOUT);
      Tenant tenant = Tenant.goOn(log, newest.end(), file);
      commit(cell, lost, 2);
      commit(cell, lost, 3);
      cell.ship(); // it is not as lost as was thought

      Shipper shipper =
          new Shipper(
              new Shipper.Parts(log, next, cell.store, Cell.LAYOUT, cell::findTemplate, cell.clock),
              Cell.SETTINGS);
      for (int i = 4; i < 8; i++) {
        commit(cell, tenant, i);
        shipper.ship();
      }
      requireStates(cell, tenant, shipped);
      assertThat(cell.restore(tenant, lost.newest(), null))
          .isInstanceOf(RestoreOutcome.OfAnotherHistory.class);
      Compactor compactor = cell.compactor();
      cell.clock.advance(Duration.ofHours(2));
      while (compactor.compact(Cell.LOG) || compactor.compact(next)) {
        // until nothing is due
      }
      requireStates(cell, tenant, shipped);
      cell.clock.advance(Duration.ofDays(40));
      cell.retention().run(Cell.LOG);
      cell.retention().run(next);
      assertThat(cell.restore(tenant, tenant.newest(), null))
          .isInstanceOf(RestoreOutcome.Restored.class);
      assertThat(StoreCheck.of(cell.store, Cell.LAYOUT).findings()).isEmpty();
      assertThatThrownBy(cell.shipper::checkStint).isInstanceOf(FencedOffException.class);
      assertThatThrownBy(() -> cell.newShipper().ship())
          .isInstanceOf(FencedOffException.class)
          .hasMessageContaining("has begun log " + next.id());
      assertThatThrownBy(() ->
              new Home(lost.id(), 1, Cell.LOG, transaction, log.durableEnd(), false)
                  .putAsNext(cell.store, Cell.LAYOUT))
          .isInstanceOf(FencedOffException.class);
      tenant.close();
    }
  }

  private static void requireStates(Cell cell, Tenant tenant, List<Tenant.State> shipped)
      throws IOException {
    List<Tenant.State> all = new ArrayList<>(shipped);
    all.addAll(tenant.states().values());
    for (Tenant.State state : all) {
      assertThat(cell.restore(tenant, state, null))
          .as(state.bookmark().toString())
          .isInstanceOf(RestoreOutcome.Restored.class);
    }
    assertThat(new Lookup(cell.store, Cell.LAYOUT).byTime(tenant.id(), cell.clock.instant(), null))
        .isEqualTo(new Lookup.Result.Found(tenant.newest().bookmark()));
  }
}
