package dev.burgage.node;

import static dev.burgage.node.RolloutOrders.V2;
import static dev.burgage.node.RolloutOrders.V3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.ExportOrder;
import dev.burgage.protocol.node.RestoreOrder;
import dev.burgage.protocol.node.Undone;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// All ways on which a tenant comes to its database: each finds it migrated, and a rollout is
/// undone after those that only read.
class WaysInTest {
  private static final long MINUTE = 60_000;
  private static final String TENANT = "/node/v1/pools/shop/tenants/acme";
  private static final String INSERT = "INSERT INTO item(name) VALUES ('x')";

  @TempDir private Path folder = Path.of("");
  private final UUID rollout = UUID.randomUUID();
  private String backup = "";

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private RolloutOrders orders;

  @SuppressWarnings("NullAway.Init")
  private Binding acme;

  enum Way {
    QUERY,
    BACKUP,
    FACTS,
    EXPORT,
    STATEMENT,
    BATCH,
    EXECUTE,
    EMBEDDED,
    EMBEDDED_BATCH,
    SQL_IMPORT,
    FILE_IMPORT,
    RESTORE,
    RESTORE_TO_MOMENT;

    boolean writes() {
      return compareTo(EXPORT) > 0;
    }
  }

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder.resolve("n1"));
    orders = new RolloutOrders(node);
    acme = orders.provision("acme");
    node.sql("acme", INSERT);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private HttpResponse<String> order(String method, String path) throws IOException {
    HttpResponse<String> response = node.order(method, TENANT + path, Map.of());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response;
  }

  private void makeBackup() throws IOException {
    String answer = order("POST", "/backups").body();
    backup = Json.mapper().readTree(answer).path("id").asString();
  }

  private void go(Way way) throws Exception {
    TransferClient transfers = new TransferClient(node, node.data());
    switch (way) {
      case QUERY -> assertThat(orders.count("acme", "SELECT count(*) FROM item")).isPositive();
      case BACKUP -> makeBackup();
      case FACTS -> order("GET", "");
      case EXPORT -> transfers.export("acme", new ExportOrder(false, false, List.of(), false));
      case STATEMENT -> node.sql("acme", INSERT);
      case BATCH -> post("query", "[{\"sql\":\"%s\"},{\"sql\":\"%s\"}]".formatted(INSERT, INSERT));
      case EXECUTE -> post("execute", "{\"sql\":\"%s\"}".formatted(INSERT));
      case EMBEDDED -> node.env().DB_POOL.get("acme").prepare(INSERT).run();
      case EMBEDDED_BATCH -> {
        var database = node.env().DB_POOL.get("acme");
        database.batch(List.of(database.prepare(INSERT), database.prepare(INSERT)));
      }
      case SQL_IMPORT -> RoundTripTest.complete(transfers.load("acme", INSERT));
      case FILE_IMPORT -> RoundTripTest.complete(transfers.load("acme", file()));
      case RESTORE -> order("POST", "/backups/" + backup + "/restore");
      case RESTORE_TO_MOMENT -> {
        String now = order("GET", "/bookmark").body();
        String to = Json.mapper().readTree(now).path("bookmark").asString();
        assertThat(node.order("POST", TENANT + "/restore", new RestoreOrder(to)).statusCode())
            .isEqualTo(200);
      }
    }
  }

  private void post(String what, String body) throws IOException {
    HttpResponse<String> response =
        node.send(
            node.request("/v1/pools/shop/tenants/acme/" + what)
                .POST(BodyPublishers.ofString(body))
                .build());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }

  private byte[] file() throws SQLException, IOException {
    Path file = folder.resolve("upload.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE imported(a)");
      statement.execute("INSERT INTO imported VALUES (1)");
    }
    return Files.readAllBytes(file);
  }

  @ParameterizedTest
  @EnumSource
  void eachWakesADormantDatabaseFirst(Way way) throws Exception {
    makeBackup();
    node.stop();
    node.startAndJoin();
    long then = System.currentTimeMillis() - 10 * MINUTE;
    assertThat(orders.file(acme).toFile().setLastModified(then)).isTrue();
    assertThat(orders.migrate(rollout, acme, V2, MINUTE).result()).isEqualTo(Result.DORMANT);

    go(way);

    for (int i = 0; i < 500 && node.controlPlane.told().isEmpty(); i++) {
      NodeHarness.pause();
    }
    assertThat(node.controlPlane.told()).hasSize(1);
    assertThat(node.controlPlane.told().iterator().next().outcome().toVersion()).isEqualTo("2");
  }

  @ParameterizedTest
  @EnumSource
  void aRolloutIsUndoneOnlyAfterThoseThatRead(Way way) throws Exception {
    assertThat(orders.migrate(rollout, acme, V2).result()).isEqualTo(Result.APPLIED);
    makeBackup();

    go(way);

    assertThat(orders.undo(rollout, acme).result())
        .isEqualTo(way.writes() ? Undone.Result.WRITTEN : Undone.Result.UNDONE);
    assertThat(orders.describe(acme).version()).isEqualTo(way.writes() ? "2" : "1");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsOpenAndWrittenToBeforeItsMigrationIsNoException(Way way) throws Exception {
    makeBackup();
    go(Way.STATEMENT); // so that the database has told of a write already
    assertThat(orders.migrate(rollout, acme, V2).result()).isEqualTo(Result.APPLIED);
    makeBackup();

    go(way);

    assertThat(orders.undo(rollout, acme).result())
        .isEqualTo(way.writes() ? Undone.Result.WRITTEN : Undone.Result.UNDONE);
  }

  @Test
  void theNextMigrationIsAWriteAlsoIfItKeepsNothing() throws Exception {
    assertThat(orders.migrate(rollout, acme, V2).result()).isEqualTo(Result.APPLIED);
    go(Way.QUERY);
    assertThat(orders.migrate(UUID.randomUUID(), acme, V3, null).result())
        .isEqualTo(Result.APPLIED);

    assertThat(orders.undo(rollout, acme).result()).isEqualTo(Undone.Result.WRITTEN);
    assertThat(orders.describe(acme).version()).isEqualTo("3");
  }
}
