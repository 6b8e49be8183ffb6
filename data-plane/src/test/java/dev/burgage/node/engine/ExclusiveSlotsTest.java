package dev.burgage.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.engine.StatementSlots.Slot;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Migrations among the statements of tenants, where one may run at once.
@Timeout(60)
class ExclusiveSlotsTest {
  private static final String COUNT =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 2000000)"
          + " SELECT max(x) FROM c";

  @TempDir private Path folder = Path.of("");
  private final StatementSlots slots = new StatementSlots(1, 1);
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

  @SuppressWarnings("NullAway.Init")
  private TestEngine engine;

  @SuppressWarnings("NullAway.Init")
  private SqliteDatabase database;

  @BeforeEach
  void open() throws SQLException, IOException {
    Path file = folder.resolve("t.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
    }
    engine = new TestEngine(folder, slots);
    database =
        new SqliteDatabase(
            file,
            new DatabaseIdentity(new DatabaseId(UUID.randomUUID()), 1),
            new Limits(1 << 20, 1), // a statement of its tenant has no time at all
            engine.settings());
  }

  @AfterEach
  void close() {
    clients.close();
    database.close();
    engine.close();
  }

  private static long farAway() {
    return System.nanoTime() + Duration.ofSeconds(50).toNanos();
  }

  private Slot enter() {
    return Objects.requireNonNull(slots.enter("another", farAway()), "no slot");
  }

  private void awaitWaiting() throws InterruptedException {
    while (slots.waiting() == 0) {
      Thread.sleep(Duration.ofMillis(1));
    }
  }

  private static long count(GuardedConnection guarded) throws SQLException {
    return guarded.as(
        Policy.TRUSTED,
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery(COUNT)) {
            return row.getLong(1);
          }
        });
  }

  @Test
  void aMigrationThatFindsNoSlotWaitsForOneHoweverShortItsTenantsTimeIs() throws Exception {
    Slot held = enter();
    Future<Long> migration = clients.submit(() -> database.exclusively(ExclusiveSlotsTest::count));
    awaitWaiting();
    held.leave();
    assertThat(migration.get()).isEqualTo(2_000_000);
  }

  @Test
  void aMigrationHoldsNoSlotUntilItComputes() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    Future<Long> migration =
        clients.submit(() ->
            database.exclusively(connection -> {
              begun.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                throw new SQLException(e);
              }
              return count(connection);
            }));
    begun.await();
    Slot other = enter();
    goOn.countDown();
    awaitWaiting();
    assertThat(migration.isDone()).isFalse();
    other.leave();
    assertThat(migration.get()).isEqualTo(2_000_000);
    enter().leave();
  }

  @Test
  void aLongMigrationGivesWayAndComesToItsEnd() throws Exception {
    Future<Long> migration = clients.submit(() -> database.exclusively(ExclusiveSlotsTest::count));
    int others = 0;
    while (!migration.isDone()) {
      enter().leave();
      others++;
    }
    assertThat(migration.get()).isEqualTo(2_000_000);
    assertThat(others).isGreaterThan(10);
  }
}
