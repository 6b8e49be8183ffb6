package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.store.FaultyProxy;
import dev.burgage.node.store.FaultyProxy.Fault;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.S3Server;
import dev.burgage.node.store.S3Settings.Limits;
import dev.burgage.node.store.S3Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The threads of a node that ships to a real S3 server through a network that fails.
class ShippingTest {
  private static final Limits LIMITS =
      new Limits(Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(5), 2);
  private static final int WAITS_MAX = 1200;

  @TempDir Path folder;
  private S3Server server;
  private FaultyProxy proxy;
  private ObjectStore straight;
  private ObjectStore through;

  @BeforeEach
  void start() throws Exception {
    server = S3Server.start(folder);
    proxy = new FaultyProxy(server.port());
    straight = new S3Store(S3Server.settings(server.endpoint(), Limits.DEFAULT));
    through = new S3Store(S3Server.settings(proxy.endpoint(), LIMITS));
  }

  @AfterEach
  void stop() throws Exception {
    through.close();
    straight.close();
    proxy.close();
    server.close();
  }

  private Shipping shipping(Cell cell) throws Exception {
    return shipping(cell, Duration.ofMillis(50));
  }

  private Shipping shipping(Cell cell, Duration sliceAge) throws Exception {
    ShipSettings quick =
        new ShipSettings(
            sliceAge, 200_000, 300_000, Duration.ofDays(2), Duration.ofDays(30), 100_000);
    return Shipping.start(
        new Shipping.Parts(
            cell.log,
            Cell.NODE,
            folder.resolve("ship"),
            through,
            Cell.LAYOUT,
            cell::findTemplate,
            cell.clock),
        quick);
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < WAITS_MAX; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("waited in vain until " + what);
  }

  @Test
  void whateverTheNetworkDoesNothingIsLostAndWritesAreToWaitMeanwhile() throws Exception {
    Random random = new Random(31);
    try (Cell cell = new Cell(folder, straight, Cell.SETTINGS)) {
      cell.tenant(1);
      cell.tenant(2);
      try (Shipping shipping = shipping(cell)) {
        await("the first slice is there", () -> shipping.sliceCount() > 0);
        for (Fault fault : Fault.values()) {
          proxy.set(fault);
          cell.commits(random, 5);
          if (fault == Fault.STALL) {
            cell.tenants.getFirst().bigTransaction(100);
            await("there is no room", () -> !shipping.hasRoom());
            await("the failure is told", () -> shipping.failure() != null);
            cell.clock.advance(Duration.ofMinutes(3));
            assertThat(shipping.lag().bytes()).isGreaterThan(100_000);
            // Not before there is a slice: what fails first may be a look at who else ships.
            await("the age of what waits is told", () -> shipping.lag().seconds() >= 180);
          }
          if (fault != Fault.NONE && fault != Fault.CUT_ANSWER) {
            await("the failure of " + fault + " is told", () -> shipping.failure() != null);
          }
          proxy.set(Fault.NONE);
          await("all is shipped after " + fault, () -> shipping.lag().bytes() == 0);
          assertThat(shipping.hasRoom()).isTrue();
          assertThat(shipping.failure()).isNull();
        }
      }
      cell.requireAll();
      assertThat(StoreCheck.of(straight, Cell.LAYOUT).findings()).isEmpty();
    }
  }

  @Test
  void aNodeThatStartsAgainGoesOnWhereItWas() throws Exception {
    Random random = new Random(32);
    try (Cell cell = new Cell(folder, straight, Cell.SETTINGS)) {
      cell.tenant(1);
      LogName first;
      try (Shipping shipping = shipping(cell)) {
        cell.commits(random, 9);
        await("all is shipped", () -> shipping.sliceCount() > 0 && shipping.lag().bytes() == 0);
        first = shipping.name();
      }
      cell.commits(random, 9);
      try (Shipping shipping = shipping(cell)) {
        assertThat(shipping.name()).isEqualTo(first);
        await(
            "the rest is shipped", () -> shipping.sliceCount() > 0 && shipping.lag().bytes() == 0);
      }
      cell.requireAll();
    }
  }

  @Test
  void aSliceThatIsFullDoesNotWaitForItsAge() throws Exception {
    try (Cell cell = new Cell(folder, straight, Cell.SETTINGS)) {
      cell.tenant(1);
      try (Shipping shipping = shipping(cell, Duration.ofMinutes(10))) {
        await("what was there is shipped", () -> shipping.sliceCount() == 1);
        cell.tenants.getFirst().bigTransaction(100);
        await("the full slice is shipped", () -> shipping.sliceCount() > 1);
      }
    }
  }
}
