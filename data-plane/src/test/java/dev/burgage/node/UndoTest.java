package dev.burgage.node;

import static dev.burgage.node.RolloutOrders.BROKEN;
import static dev.burgage.node.RolloutOrders.V1;
import static dev.burgage.node.RolloutOrders.V2;
import static dev.burgage.node.RolloutOrders.V3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.DescribedSchemas.DescribedSchema;
import dev.burgage.protocol.node.Undone.Result;
import dev.burgage.protocol.node.Undone.UndoOutcome;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UndoTest {
  private static final String NAMES = "SELECT count(*) FROM item WHERE name = 'first'";

  @TempDir private Path folder = Path.of("");
  private final UUID rollout = UUID.randomUUID();

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private RolloutOrders orders;

  @SuppressWarnings("NullAway.Init")
  private Binding acme;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder.resolve("n1"));
    orders = new RolloutOrders(node);
    acme = orders.provision("acme");
    insert();
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private void insert() throws IOException {
    node.sql("acme", "INSERT INTO item(name) VALUES ('first')");
  }

  private UndoOutcome undo() throws IOException {
    return orders.undo(rollout, acme);
  }

  private void migrate() throws IOException {
    assertThat(orders.migrate(rollout, acme, V2).result()).isEqualTo(ApplyOutcomes.Result.APPLIED);
    assertThat(orders.count("acme", "SELECT sum(price) FROM item")).isEqualTo(7);
  }

  private void assertWritten() throws IOException {
    UndoOutcome outcome = undo();
    assertThat(outcome.result()).isEqualTo(Result.WRITTEN);
    assertThat(outcome.version()).isEqualTo("2");
    assertThat(undo()).isEqualTo(outcome);
  }

  private void assertUndone(DescribedSchema before) throws IOException {
    UndoOutcome outcome = undo();
    assertThat(outcome)
        .isEqualTo(
            new UndoOutcome(acme.database(), Result.UNDONE, "1", before.fingerprint(), null));
    assertThat(undo()).isEqualTo(outcome);
    assertThat(orders.describe(acme)).isEqualTo(before);
    assertThat(orders.count("acme", NAMES)).isEqualTo(1);
    insert();
    assertThat(orders.count("acme", NAMES)).isEqualTo(2);
  }

  @Test
  void aDatabaseThatWasOnlyReadIsAsBeforeAgain() throws IOException {
    DescribedSchema before = orders.describe(acme);
    migrate();
    assertUndone(before);
    assertThat(undo().result()).isEqualTo(Result.UNDONE);
    assertThat(orders.migrate(UUID.randomUUID(), acme, V2).result())
        .isEqualTo(ApplyOutcomes.Result.APPLIED);
  }

  @Test
  void aClosedDatabaseIsUndoneAfterAStart() throws IOException {
    DescribedSchema before = orders.describe(acme);
    migrate();
    node.stop();
    node.startAndJoin();
    assertUndone(before);
  }

  @Test
  void aWriteKeepsTheDatabaseAsItIs() throws IOException {
    migrate();
    insert();
    assertWritten();
    assertThat(orders.count("acme", NAMES)).isEqualTo(2);
  }

  @Test
  void aWriteBeforeTheNodeDiedIsNotLost() throws IOException {
    migrate();
    insert();
    node.dieAndStartOn(folder.resolve("n2"));
    assertWritten();
    assertThat(orders.count("acme", NAMES)).isEqualTo(2);
  }

  @Test
  void aNodeThatDiedAfterTheMigrationStillKnowsThatNothingWasWritten() throws IOException {
    DescribedSchema before = orders.describe(acme);
    migrate();
    node.dieAndStartOn(folder.resolve("n2"));
    assertUndone(before);
  }

  @Test
  void aWriteAfterTheNodeDiedCounts() throws IOException {
    migrate();
    node.dieAndStartOn(folder.resolve("n2"));
    insert();
    assertWritten();
  }

  @Test
  void anImportCounts() throws Exception {
    migrate();
    String sql = "INSERT INTO item(name) VALUES ('imported');";
    String md5 =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("MD5").digest(sql.getBytes(StandardCharsets.UTF_8)));
    String path = "/node/v1/pools/shop/tenants/acme/imports/" + md5;
    assertThat(
            node.send(
                    HttpRequest.newBuilder(node.url().resolve(path))
                        .header("Authorization", "Bearer " + node.controlPlane.orderToken())
                        .PUT(BodyPublishers.ofString(sql))
                        .build())
                .statusCode())
        .isEqualTo(204);
    assertThat(node.order("POST", path, Map.of()).body()).contains("complete");
    assertWritten();
  }

  @Test
  void aRestoredBackupCounts() throws IOException {
    String backups = "/node/v1/pools/shop/tenants/acme/backups";
    migrate();
    String id =
        Json.mapper().readTree(node.order("POST", backups, Map.of()).body()).path("id").asString();
    assertThat(node.order("POST", backups + "/" + id + "/restore", Map.of()).statusCode())
        .isEqualTo(200);
    assertWritten();
  }

  @Test
  void aSchemaChangeCounts() throws IOException {
    migrate();
    node.sql("acme", "CREATE INDEX item_name ON item(name)");
    assertWritten();
  }

  @Test
  void theNextRolloutCountsAndIsUndoneBeforeThisOne() throws IOException {
    migrate();
    UUID next = UUID.randomUUID();
    assertThat(orders.migrate(next, acme, V3).result()).isEqualTo(ApplyOutcomes.Result.APPLIED);
    assertThat(undo().result()).isEqualTo(Result.WRITTEN);
    assertThat(orders.undo(next, acme).version()).isEqualTo("2");
  }

  @Test
  void aMigrationThatFailsDoesNotCount() throws IOException {
    DescribedSchema before = orders.describe(acme);
    migrate();
    UUID next = UUID.randomUUID();
    var set = new ArrayList<>(V2);
    set.add(later(BROKEN.getLast()));
    assertThat(orders.migrate(next, acme, set).result()).isEqualTo(ApplyOutcomes.Result.FAILED);
    assertUndone(before);
  }

  private static MigrationScript later(MigrationScript script) {
    return new MigrationScript("3", "broken", "V3__broken.sql", script.checksum(), script.sql());
  }

  @Test
  void aTargetThatIsOrderedAgainAnswersAsIfForTheFirstTime() throws IOException {
    ApplyOutcomes.ApplyOutcome first = orders.migrate(rollout, acme, V2);
    ApplyOutcomes.ApplyOutcome again = orders.migrate(rollout, acme, V2);
    assertThat(again.result()).isEqualTo(ApplyOutcomes.Result.APPLIED);
    assertThat(again.fromVersion()).isEqualTo("1").isEqualTo(first.fromVersion());
    assertThat(again.toVersion()).isEqualTo("2");
    assertThat(again.fingerprint()).isEqualTo(first.fingerprint());

    assertThat(orders.migrate(UUID.randomUUID(), acme, V2).result())
        .isEqualTo(ApplyOutcomes.Result.UP_TO_DATE);
    assertThat(undo().result()).isEqualTo(Result.UNDONE);
  }

  @Test
  void aTargetThatWasUpToDateIsAsBefore() throws IOException {
    assertThat(orders.migrate(rollout, acme, V1).result())
        .isEqualTo(ApplyOutcomes.Result.UP_TO_DATE);
    insert();
    assertThat(undo().result()).isEqualTo(Result.UNDONE);
  }

  @Test
  void aTargetWhoseMigrationFailedIsAsBefore() throws IOException {
    assertThat(orders.migrate(rollout, acme, BROKEN).result())
        .isEqualTo(ApplyOutcomes.Result.FAILED);
    assertThat(undo().result()).isEqualTo(Result.UNDONE);
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isEqualTo(1);
  }

  @Test
  void anOrderThatComesAfterTheUndoIsRefusedAlsoAfterAStart() throws IOException {
    migrate();
    assertThat(undo().result()).isEqualTo(Result.UNDONE);

    assertRefused();
    node.dieAndStartOn(folder.resolve("n2"));
    assertRefused();

    assertThat(orders.describe(acme).version()).isEqualTo("1");
    assertThat(orders.migrate(UUID.randomUUID(), acme, V2).result())
        .isEqualTo(ApplyOutcomes.Result.APPLIED);
  }

  @Test
  void anOrderForADatabaseThatTheUndoDidNotNameIsRefusedToo() throws IOException {
    Binding other = orders.provision("other");
    assertThat(orders.undo(rollout, other).result()).isEqualTo(Result.UNDONE);

    assertRefused();
  }

  @Test
  void anOrderThatComesAfterTheRolloutWasGivenUpIsRefused() throws IOException {
    migrate();
    assertThat(orders.undo(rollout, List.of())).isEmpty();

    assertRefused();

    assertThat(orders.describe(acme).version()).isEqualTo("2");
  }

  private void assertRefused() {
    assertRefused(() -> orders.migrate(rollout, acme, V2));
    assertRefused(() -> orders.mark(rollout, acme, V3));
  }

  private static void assertRefused(ThrowingCallable order) {
    assertThatThrownBy(order)
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("\"fenced\"", "taken back", "not changed");
  }

  @Test
  void whatWasMarkedAsAppliedStaysAndIsNotCalledUndone() throws IOException {
    assertThat(orders.migrate(rollout, acme, BROKEN).result())
        .isEqualTo(ApplyOutcomes.Result.FAILED);
    node.sql("acme", "ALTER TABLE item ADD COLUMN price INTEGER");
    orders.mark(acme, V2);

    UndoOutcome outcome = undo();

    assertThat(outcome.result()).isEqualTo(Result.NOT_KEPT);
    assertThat(outcome.version()).isEqualTo("2");
    assertThat(orders.describe(acme).version()).isEqualTo("2");
    assertThat(orders.count("acme", NAMES)).isEqualTo(1);
  }

  @Test
  void aTransactionThatChangedNothingIsNoWrite() throws IOException {
    DescribedSchema before = orders.describe(acme);
    migrate();
    node.sql("acme", "UPDATE item SET name = 'none' WHERE id = -1");
    assertUndone(before);
  }

  @Test
  void theHistorySaysWhichRolloutItWasAndToWhatItCanBeTakenBack() throws IOException {
    String before = bookmark();
    migrate();
    assertThat(history()).containsExactly("", "rollout " + rollout + ", before: " + before);
    assertThat(undo().result()).isEqualTo(Result.UNDONE);
    assertThat(history()).containsExactly("");
  }

  private String bookmark() throws IOException {
    return Json.mapper()
        .readTree(node.order("GET", "/node/v1/pools/shop/tenants/acme/bookmark", Map.of()).body())
        .path("bookmark")
        .asString();
  }

  private List<String> history() throws IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + exported());
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT installed_by FROM _cf_schema_history ORDER BY installed_rank")) {
      var found = new ArrayList<String>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  // Of a closed database: its files, apart from those that the node has.
  private Path exported() throws IOException {
    node.stop();
    Path copy = folder.resolve("copy-" + UUID.randomUUID() + ".db");
    for (String suffix : List.of("", "-wal")) {
      Path from = orders.file(acme).resolveSibling(orders.file(acme).getFileName() + suffix);
      if (Files.exists(from)) {
        Files.copy(from, copy.resolveSibling(copy.getFileName() + suffix));
      }
    }
    node.startAndJoin();
    return copy;
  }

  @Test
  void aLargeDatabaseIsPutBackToo() throws IOException {
    node.sql(
        "acme",
        "INSERT INTO item(name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 12000) SELECT hex(randomblob(500)) FROM n");
    DescribedSchema before = orders.describe(acme);
    orders.migrate(rollout, acme, V2);
    assertUndone(before);
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isEqualTo(12_002);
  }
}
