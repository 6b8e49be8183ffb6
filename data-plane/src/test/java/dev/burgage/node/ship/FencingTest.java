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
}
