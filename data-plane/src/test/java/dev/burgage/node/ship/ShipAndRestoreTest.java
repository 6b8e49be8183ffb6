package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.Bookmark;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Shipped slices, before anything is merged. SQLite itself says what each state was.
class ShipAndRestoreTest {
  @TempDir Path folder;

  @Test
  void everyCommitOfEveryDatabaseComesBackFromTheStoreAlone() throws Exception {
    Random random = new Random(1);
    try (Cell cell = new Cell(folder)) {
      for (int i = 0; i < 4; i++) {
        cell.tenant(i);
      }
      for (int i = 0; i < 12; i++) {
        cell.commits(random, 8);
        cell.ship();
        if (i % 4 == 3) {
          cell.restart(random);
        }
      }
      cell.ship();
      cell.requireAll();
    }
  }

  @Test
  void aTransactionOfManySlicesComesBackOrNotAtAll() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      tenant.bigTransaction(600);
      cell.shipper.ship();
      cell.shipper.ship();
      assertThat(cell.restore(tenant, tenant.newest(), null))
          .isEqualTo(new RestoreOutcome.NotShipped(tenant.state(1).bookmark()));
      assertThat(cell.restore(tenant, tenant.newest(), cell.local()))
          .isInstanceOfSatisfying(
              RestoreOutcome.Restored.class, one -> assertThat(one.isLocal()).isTrue());
      cell.ship();
      cell.requireAll();
    }
  }

  @Test
  void aCommitOfWhichTheStoreHasTheBeginningIsFound() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      tenant.bigTransaction(600);
      Bookmark half = tenant.newest().bookmark();
      tenant.execute("insert into t0(a) values(1)");
      tenant.record();
      cell.shipper.ship();
      cell.shipper.ship();

      Lookup lookup = new Lookup(cell.store, Cell.LAYOUT);
      assertThat(lookup.byBookmark(tenant.id(), half, cell.local()))
          .isEqualTo(new Lookup.Result.Found(half));
      assertThat(lookup.byBookmark(tenant.id(), half, null))
          .isInstanceOf(Lookup.Result.Ahead.class);
    }
  }

  @Test
  void whatTheLogHasWholeNeedsNoStoreUnlessItIsMuch() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      tenant.bigTransaction(30);
      tenant.execute("insert into t0(a) values(1)");
      tenant.record();
      cell.store.set(_ -> FaultyStore.Fault.BEFORE);
      for (Tenant.State state : tenant.states().values()) {
        assertThat(cell.restore(tenant, state, cell.local()))
            .isInstanceOf(RestoreOutcome.Restored.class);
      }

      for (int i = 0; i < 300; i++) {
        tenant.execute("insert into t0(a) values(1)");
        tenant.record();
      }
      assertThatThrownBy(() -> cell.restore(tenant, tenant.newest(), cell.local()))
          .hasRootCauseInstanceOf(StoreException.class);
    }
  }

  @Test
  void aTimeIsTheLastCommitUpToIt() throws Exception {
    try (Cell cell = new Cell(folder)) {
      Tenant tenant = cell.tenant(1);
      cell.clock.advance(Duration.ofSeconds(10));
      tenant.execute("insert into t0(a) values(1)");
      tenant.record();
      cell.ship();
      var start = cell.clock.instant();
      assertThat(atTime(cell, tenant, start)).isEqualTo(tenant.newest().bookmark());
      assertThat(atTime(cell, tenant, start.minusMillis(1))).isEqualTo(tenant.state(1).bookmark());
      assertThat(atTime(cell, tenant, start.plusSeconds(99))).isEqualTo(tenant.newest().bookmark());
      assertThat(
              cell.restore()
                  .toTime(tenant.id(), start.minusSeconds(11), null, folder.resolve("none.db")))
          .isEqualTo(new RestoreOutcome.NotKept(null));
      assertThat(folder.resolve("none.db")).doesNotExist();
    }
  }

  private Bookmark atTime(Cell cell, Tenant tenant, Instant time) throws Exception {
    Path target = folder.resolve("at-" + time.toEpochMilli() + ".db");
    RestoreOutcome outcome = cell.restore().toTime(tenant.id(), time, null, target);
    return ((RestoreOutcome.Restored) outcome).bookmark();
  }
}
