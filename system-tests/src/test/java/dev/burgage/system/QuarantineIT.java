package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.client.Burgage;
import dev.burgage.client.TenantState;
import dev.burgage.d1.D1Exception;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node process that really dies under a tenant's statement, twice: that tenant is quarantined,
/// its neighbour is served at once, and an operator lets it come back.
class QuarantineIT {
  private static final Duration BACK_WITHIN = Duration.ofSeconds(5);
  private static final String ENDLESS =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
  // Straight-line code of allowed steps, in which SQLite does not look for an interrupt: a hundred
  // comparisons of about 0.1 s each.
  private static final String STUBBORN =
      "WITH t(x) AS MATERIALIZED (SELECT hex(zeroblob(600000))) SELECT "
          + String.join(",", Collections.nCopies(100, "x LIKE '%" + "0".repeat(48) + "1'"))
          + " FROM t";

  @TempDir Path folder;

  @Test
  void aNodeThatEndsOrIsKilledWhileATenantsStatementRunsForLongQuarantinesThatTenant() {
    try (Cell cell =
        new Cell("quarantine-killed", folder, Map.of("BURGAGE_NODE_OVERRUN_SECONDS", "1"))) {
      Burgage connection = start(cell);
      endsByItself(cell, connection);
      CellProcess node = cell.node1().process();
      Thread endless = Thread.ofVirtual().start(() -> fail(connection, ENDLESS));
      pause(Duration.ofMillis(2_500)); // it has run for more than a second then
      node.kill();
      assertOthersAreServed(cell, connection, node);
      join(endless);
      assertQuarantinedUntilReleased(cell, connection);
    }
  }

  // The first strike: nobody kills it but the watchdog.
  private static void endsByItself(Cell cell, Burgage connection) {
    CellProcess node = cell.node1().process();
    connection.tenants(Cell.POOL).limit("mallory", new Limits(1 << 20, 300));
    fail(connection, STUBBORN);
    node.awaitEnd();
    assertOthersAreServed(cell, connection, node);
    connection.tenants(Cell.POOL).limit("mallory", Limits.DEFAULT);
  }

  @Test
  void aStatementThatCrashesItsNodeTwiceQuarantinesItsTenantHoweverShortItRuns() {
    try (Cell cell = new Cell("quarantine-crashed", folder, Map.of())) {
      Burgage connection = start(cell);
      for (int i = 0; i < 2; i++) {
        crash(cell, connection);
      }
      assertQuarantinedUntilReleased(cell, connection);
    }
  }

  // SQLite has a database's `-shm` file mapped into memory: where the file ends too early, its next
  // look there is a SIGBUS. A statement that overwrites memory would do as well, but it often
  // leaves a JVM that cannot write its crash log, and so no thread to blame (decision 015).
  private static void crash(Cell cell, Burgage connection) {
    CellProcess node = cell.node1().process();
    run(connection, "mallory", "SELECT * FROM t");
    String file = Cell.fileOf(connection.tenants(Cell.POOL).get("mallory"));
    truncate(cell.node1().databaseFile(file + "-shm"));
    fail(connection, "SELECT * FROM t");
    node.awaitEnd();
    assertOthersAreServed(cell, connection, node);
  }

  private static void truncate(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Burgage start(Cell cell) {
    cell.startControlPlane();
    Burgage connection = cell.connect();
    connection.pools().create(Cell.POOL);
    connection.tenants(Cell.POOL).create("mallory");
    connection.tenants(Cell.POOL).create("alice");
    run(connection, "alice", "CREATE TABLE t(a)");
    run(connection, "mallory", "CREATE TABLE t(a)");
    return connection;
  }

  private static void run(Burgage connection, String tenant, String sql) {
    connection.env(Cell.POOL).DB_POOL.get(tenant).prepare(sql).all();
  }

  private static void fail(Burgage connection, String sql) {
    assertThatThrownBy(() -> run(connection, "mallory", sql)).isNotNull();
  }

  private static void assertOthersAreServed(Cell cell, Burgage connection, CellProcess dead) {
    cell.node1().awaitOtherThan(dead);
    long restarted = System.nanoTime();
    Await.until(
        "the neighbour is served",
        () -> {
          run(connection, "alice", "SELECT * FROM t");
          return true;
        });
    Duration took = Duration.ofNanos(System.nanoTime() - restarted);
    System.out.printf("the neighbour was served %d ms after the restart%n", took.toMillis());
    assertThat(took).isLessThan(BACK_WITHIN);
  }

  private static void assertQuarantinedUntilReleased(Cell cell, Burgage connection) {
    assertThatThrownBy(() -> run(connection, "mallory", "SELECT 1"))
        .isInstanceOfSatisfying(
            D1Exception.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUARANTINED))
        .hasMessageContaining("release");
    Await.until(
        "the control plane shows it",
        () -> connection.tenants(Cell.POOL).get("mallory").state() == TenantState.QUARANTINED);
    assertThat(connection.tenants(Cell.POOL).get("alice").state()).isEqualTo(TenantState.ACTIVE);

    CellProcess before = cell.node1().process();
    before.kill(); // nothing runs: no strike, and no way out
    cell.node1().awaitOtherThan(before);
    Await.until(
        "the neighbour is served",
        () -> {
          run(connection, "alice", "SELECT * FROM t");
          return true;
        });
    assertThatThrownBy(() -> run(connection, "mallory", "SELECT 1"))
        .hasMessageContaining("quarantined");

    connection.tenants(Cell.POOL).release("mallory");
    run(connection, "mallory", "SELECT * FROM t");
    assertThat(connection.tenants(Cell.POOL).get("mallory").state()).isEqualTo(TenantState.ACTIVE);
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
