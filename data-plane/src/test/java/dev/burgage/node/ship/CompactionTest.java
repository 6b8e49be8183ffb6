package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Slices that are merged, collapsed and deleted as they grow old.
class CompactionTest {
  @TempDir Path folder;

  private static void days(Cell cell, Random random, int days, int commitsADay) throws Exception {
    for (int day = 0; day < days; day++) {
      for (int i = 0; i < commitsADay; i += 5) {
        cell.commits(random, 5);
        cell.ship();
        if (random.nextInt(3) == 0) {
          cell.clock.advance(Duration.ofMinutes(random.nextInt(200)));
        }
      }
      long intoDay = cell.clock.instant().getEpochSecond() % 86_400;
      cell.clock.advance(Duration.ofSeconds(86_400 - intoDay));
      cell.compact();
    }
  }

  @Test
  void minutesAndHoursAreMergedAndEveryCommitOfTwoDaysComesBack() throws Exception {
    Random random = new Random(2);
    try (Cell cell = new Cell(folder)) {
      for (int i = 0; i < 4; i++) {
        cell.tenant(i);
      }
      days(cell, random, 2, 60);
      assertThat(cell.keys(Cell.LAYOUT.level(Cell.LOG, 2))).isNotEmpty();
      assertThat(cell.keys(Cell.LAYOUT.level(Cell.LOG, 3))).isEmpty();
      cell.requireAll();
    }
  }

  @Test
  void olderDaysAreCollapsedToMinutesAndTheLastOfEachComesBack() throws Exception {
    Random random = new Random(3);
    try (Cell cell = new Cell(folder)) {
      for (int i = 0; i < 4; i++) {
        cell.tenant(i);
      }
      days(cell, random, 5, 60);
      List<String> collapsed = cell.keys(Cell.LAYOUT.level(Cell.LOG, 3));
      assertThat(collapsed).hasSizeGreaterThanOrEqualTo(2);
      cell.requireWindow();
    }
  }

  @Test
  void whatNoBookmarkInTheWindowNeedsIsDeletedAndNothingElse() throws Exception {
    Random random = new Random(4);
    try (Cell cell = new Cell(folder)) {
      for (int i = 0; i < 3; i++) {
        cell.tenant(i);
      }
      days(cell, random, 4, 30);
      Tenant idle = cell.tenants.removeFirst(); // is not written to any more
      for (int i = 0; i < 8; i++) {
        days(cell, random, 1, 20);
        cell.clock.advance(Duration.ofDays(4));
        cell.ship();
        cell.compact();
        cell.retention().run(Cell.LOG);
      }
      cell.tenants.add(idle);
      cell.requireWindow();
      long begin = cell.clock.instant().minus(Cell.SETTINGS.window()).getEpochSecond();
      assertThat(
              new LogObjects(cell.store, Cell.LAYOUT).list(Cell.LOG, LogObjects.NOWHERE).slices())
          .isNotEmpty()
          .allMatch(slice -> slice.second() >= begin);
      for (Tenant tenant : cell.tenants) {
        List<Base> bases =
            Base.list(new LogObjects(cell.store, Cell.LAYOUT), Cell.LAYOUT, tenant.id());
        assertThat(bases.stream().filter(base -> Times.second(base.name().time()) < begin))
            .as("bases before the window of %s", tenant.id())
            .hasSize(1);
      }
    }
  }

  @Test
  void aDeletedTenantIsGoneToTheLastObjectWhenTheWindowHasPassed() throws Exception {
    Random random = new Random(5);
    try (Cell cell = new Cell(folder)) {
      for (int i = 0; i < 3; i++) {
        cell.tenant(i);
      }
      days(cell, random, 2, 40);
      Tenant purged = cell.tenants.remove(1);
      Tenant.State last = purged.newest();
      purged.delete(cell.log);
      days(cell, random, 2, 30);
      assertThat(cell.restore(purged, last, null)).isInstanceOf(RestoreOutcome.Restored.class);
      assertThat(
              cell.restore()
                  .toTime(purged.id(), cell.clock.instant(), null, folder.resolve("gone.db")))
          .isInstanceOf(RestoreOutcome.Deleted.class);
      for (int i = 0; i < 7; i++) {
        cell.clock.advance(Duration.ofDays(5));
        days(cell, random, 1, 10);
        cell.retention().run(Cell.LOG);
      }
      assertThat(cell.keys(Cell.LAYOUT.database(purged.id()))).isEmpty();
      RunReader reader = new RunReader(cell.store);
      for (Slice slice :
          new LogObjects(cell.store, Cell.LAYOUT).list(Cell.LOG, LogObjects.NOWHERE).slices()) {
        assertThat(reader.index(slice.object()))
            .noneMatch(run -> run.database().equals(purged.id()));
      }
      assertThat(cell.restore(purged, last, null)).isEqualTo(new RestoreOutcome.NoSuchDatabase());
      cell.requireWindow();
    }
  }

  @Test
  void aDatabaseThatCameBackIsKeptAndWhatItWasBeforeItWasDeletedIsNot() throws Exception {
    Random random = new Random(6);
    try (Cell cell = new Cell(folder)) {
      for (int i = 0; i < 3; i++) {
        cell.tenant(i);
      }
      days(cell, random, 1, 30);
      for (int i = 0; i < 3; i++) {
        Tenant tenant = cell.tenants.get(i);
        Tenant.State before = tenant.newest();
        if (i == 2) {
          tenant.bigTransaction(400); // comes back in more than one slice
        }
        tenant.delete(cell.log);
        cell.ship();
        cell.clock.advance(Duration.ofSeconds(1));
        assertThat(
                cell.restore()
                    .toTime(tenant.id(), cell.clock.instant(), null, folder.resolve("gone.db")))
            .isInstanceOf(RestoreOutcome.Deleted.class);
        cell.clock.advance(Duration.ofDays(1));
        tenant.revive(cell.log);
        cell.ship();
        assertThat(cell.restore(tenant, tenant.newest(), null))
            .isInstanceOf(RestoreOutcome.Restored.class);
        assertThat(cell.restore(tenant, before, null)).isInstanceOf(RestoreOutcome.Restored.class);
      }
      Tenant quiet = cell.tenants.removeFirst();
      for (int i = 0; i < 9; i++) {
        days(cell, random, 1, 10);
        cell.clock.advance(Duration.ofDays(5));
        cell.retention().run(Cell.LOG);
      }
      cell.tenants.add(quiet);
      for (Tenant tenant : cell.tenants) {
        assertThat(cell.restore(tenant, tenant.states().firstEntry().getValue(), null))
            .isInstanceOf(RestoreOutcome.NotKept.class);
        assertThat(cell.restore(tenant, tenant.newest(), null))
            .isInstanceOf(RestoreOutcome.Restored.class);
      }
      cell.requireWindow();
    }
  }
}
