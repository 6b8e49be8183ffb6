package dev.burgage.node.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.crash.Quarantine;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.engine.StatementSlots;
import dev.burgage.node.engine.TestEngine;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.pool.Residence;
import dev.burgage.node.rebuild.Rebuilds;
import dev.burgage.node.sql.Scripts;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.ExportOrder;
import dev.burgage.protocol.node.TransferProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransfersTest {
  private static final ExportOrder ALL = new ExportOrder(false, false, List.of(), false);
  private static final Limits PATIENT =
      new Limits(Limits.DEFAULT.sizeBytesMax(), (int) TimeUnit.MINUTES.toMillis(10));

  @TempDir private Path folder = Path.of("");
  private final Binding asleep = binding("asleep");
  private final Binding awake = binding("awake");
  private final CountDownLatch waking = new CountDownLatch(1);
  private final CompletableFuture<Boolean> woken = new CompletableFuture<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @SuppressWarnings("NullAway.Init")
  private TestEngine engine;

  @SuppressWarnings("NullAway.Init")
  private OpenDatabases databases;

  @SuppressWarnings("NullAway.Init")
  private Transfers transfers;

  private static Binding binding(String tenant) {
    return new Binding(
        new PoolName("shop"),
        new TenantId(tenant),
        new DatabaseId(UUID.randomUUID()),
        Engine.SQLITE,
        new NodeName("n1"),
        1,
        1,
        BindingState.ACTIVE,
        PATIENT);
  }

  private final class Wakes implements Residence {
    @Override
    public CompletableFuture<?> begins(DatabaseIdentity identity, Limits limits) {
      if (identity.database().equals(awake.database())) {
        return CompletableFuture.completedFuture(true);
      }
      waking.countDown();
      return woken;
    }

    @Override
    public void ended(DatabaseIdentity identity, Duration unused) {}
  }

  @BeforeEach
  void open() throws IOException {
    for (Binding each : List.of(asleep, awake)) {
      make(folder.resolve(each.database() + ".db"));
    }
    engine = new TestEngine(folder, new StatementSlots(2, 2));
    databases =
        new OpenDatabases(
            (identity, limits) ->
                new SqliteDatabase(
                    folder.resolve(identity.database() + ".db"),
                    identity,
                    limits,
                    engine.settings()),
            new Wakes(),
            4,
            Quarantine.open(folder, Clock.systemUTC()),
            Duration.ofMinutes(1));
    transfers =
        new Transfers(
            databases,
            new TransferFiles(folder, Clock.systemUTC()),
            new Scripts(1_000),
            new Rebuilds(folder, "enforced"),
            threads);
  }

  private static void make(Path file) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.executeUpdate("CREATE TABLE item(id INTEGER PRIMARY KEY)");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() {
    woken.complete(true);
    threads.close();
    databases.close();
    engine.close();
  }

  @Test
  void anExportThatWaitsForItsDatabaseToWakeHoldsUpNoOther() throws Exception {
    CompletableFuture<TransferProgress> waits =
        CompletableFuture.supplyAsync(() -> transfers.export(asleep, ALL), threads);
    waking.await();

    TransferProgress other =
        CompletableFuture.supplyAsync(() -> transfers.export(awake, ALL), threads)
            .get(1, TimeUnit.MINUTES);

    assertThat(other.error()).isNull();
    assertThat(waits).isNotDone();
    woken.complete(true);
    assertThat(waits.join().error()).isNull();
  }
}
