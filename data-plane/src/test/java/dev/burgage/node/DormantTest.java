package dev.burgage.node;

import static dev.burgage.node.RolloutOrders.BROKEN;
import static dev.burgage.node.RolloutOrders.V2;
import static dev.burgage.node.RolloutOrders.V3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.FakeControlPlane.Told;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.Undone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DormantTest {
  private static final long MINUTE = 60_000;
  private static final String PRICES = "SELECT count(price) FROM item";

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
    unusedForLong();
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private void unusedForLong() {
    long then = System.currentTimeMillis() - 10 * MINUTE;
    assertThat(orders.file(acme).toFile().setLastModified(then)).isTrue();
  }

  private ApplyOutcome migrate(UUID by, List<MigrationScript> scripts, @Nullable Long after)
      throws IOException {
    return orders.migrate(by, acme, scripts, after);
  }

  private void letSleep() throws IOException {
    byte[] before = Files.readAllBytes(orders.file(acme));
    assertThat(migrate(rollout, V2, MINUTE).result()).isEqualTo(Result.DORMANT);
    assertThat(Files.readAllBytes(orders.file(acme))).isEqualTo(before);
  }

  private Path dormant(UUID of) {
    return node.data().resolve("dormant").resolve(of.toString());
  }

  private List<Told> told(int count) {
    for (int i = 0; i < 500 && node.controlPlane.told().size() < count; i++) {
      NodeHarness.pause();
    }
    return List.copyOf(node.controlPlane.told());
  }

  private void assertTold(Result result) {
    assertThat(told(1)).hasSize(1);
    Told told = told(1).getFirst();
    assertThat(told.rollout()).isEqualTo(rollout);
    assertThat(told.outcome().database()).isEqualTo(acme.database());
    assertThat(told.outcome().result()).isEqualTo(result);
  }

  @Test
  void theFirstStatementFindsTheNewSchema() throws IOException {
    letSleep();
    assertThat(orders.count("acme", PRICES)).isZero();
    assertTold(Result.APPLIED);
    assertThat(told(1).getFirst().outcome().toVersion()).isEqualTo("2");
  }

  @Test
  void manyFirstRequestsWaitForOneMigration() throws Exception {
    letSleep();
    List<Callable<Long>> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      requests.add(() -> orders.count("acme", PRICES));
    }
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : clients.invokeAll(requests)) {
        assertThat(answer.get()).isZero();
      }
    }
    assertTold(Result.APPLIED);
  }

  @Test
  void aNodeThatWasKilledWakesWithoutItsControlPlaneAndTellsLater() throws IOException {
    letSleep();
    node.controlPlane.answerTelling(503);
    node.dieAndStartOn(folder.resolve("n2"));
    assertThat(orders.count("acme", PRICES)).isZero();
    node.dieAndStartOn(folder.resolve("n3"));
    assertThat(node.controlPlane.told()).isEmpty();
    node.controlPlane.answerTelling(204);
    assertThat(told(1)).isNotEmpty();
    assertThat(told(1).getFirst().outcome().toVersion()).isEqualTo("2");
    assertThat(orders.describe(acme).version()).isEqualTo("2");
  }

  @Test
  void aRolloutThatNobodyKnowsAnyMoreIsNotToldAgain() throws IOException {
    letSleep();
    node.controlPlane.answerTelling(404);
    assertThat(orders.count("acme", PRICES)).isZero();
    Path told = dormant(rollout).resolve("told");
    for (int i = 0; i < 500 && !Files.exists(told); i++) {
      NodeHarness.pause();
    }
    node.controlPlane.answerTelling(204);
    node.stop();
    node.startAndJoin();
    assertThat(Files.readString(told)).isNotEqualTo("0");
    assertThat(node.controlPlane.told()).isEmpty();
  }

  @Test
  void aFailureIsToldOnceAndTheTenantServedAsBefore() throws IOException {
    assertThat(migrate(rollout, BROKEN, MINUTE).result()).isEqualTo(Result.DORMANT);
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isZero();
    assertTold(Result.FAILED);
    Path told = dormant(rollout).resolve("told");
    for (int i = 0; i < 500 && !Files.exists(told); i++) {
      NodeHarness.pause(); // a node that stops before it has written that down tells again
    }
    node.stop();
    node.startAndJoin();
    node.sql("acme", "INSERT INTO item(name) VALUES ('x')");
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isEqualTo(1);
    assertThat(told(1)).hasSize(1);
    assertThat(orders.undo(rollout, acme).result()).isEqualTo(Undone.Result.UNDONE);
  }

  @Test
  void theBackgroundSettlesTheStamp() throws IOException {
    letSleep();
    assertThat(migrate(rollout, V2, null).result()).isEqualTo(Result.APPLIED);
    assertThat(orders.count("acme", PRICES)).isZero();
    node.dieAndStartOn(folder.resolve("n2"));
    assertThat(orders.count("acme", PRICES)).isZero();
    assertThat(node.controlPlane.told()).isEmpty();
  }

  @Test
  void aNewerOrderTakesTheStampsPlace() throws IOException {
    letSleep();
    UUID next = UUID.randomUUID();
    assertThat(migrate(next, V3, MINUTE).result()).isEqualTo(Result.DORMANT);
    node.dieAndStartOn(folder.resolve("n2"));
    assertThat(orders.count("acme", "SELECT count(*) FROM stock")).isZero();
    assertThat(told(1)).extracting(Told::rollout).containsExactly(next);
  }

  @Test
  void aNewerOrderCountsAlsoIfTheNodeDiesWhileItTakesTheStamp() throws IOException {
    letSleep();
    Path stamps = dormant(rollout).resolve("stamps");
    byte[] pending = Files.readAllBytes(stamps);
    UUID next = UUID.randomUUID();
    assertThat(migrate(next, V3, MINUTE).result()).isEqualTo(Result.DORMANT);
    Files.write(stamps, pending);
    // Whatever the clock said when they came.
    long then = System.currentTimeMillis() - MINUTE;
    assertThat(dormant(next).resolve("order.json").toFile().setLastModified(then)).isTrue();
    node.dieAndStartOn(folder.resolve("n2"));
    assertThat(orders.count("acme", "SELECT count(*) FROM stock")).isZero();
  }

  @Test
  void anOlderRolloutMayStampAgain() throws IOException {
    letSleep();
    assertThat(migrate(UUID.randomUUID(), V3, MINUTE).result()).isEqualTo(Result.DORMANT);
    assertThat(migrate(rollout, V2, MINUTE).result()).isEqualTo(Result.DORMANT);
    node.dieAndStartOn(folder.resolve("n2"));
    assertThat(orders.count("acme", PRICES)).isZero();
    assertThat(told(1)).extracting(Told::rollout).containsExactly(rollout);
  }

  @Test
  void anUndoneStampIsForgotten() throws IOException {
    letSleep();
    assertThat(orders.undo(rollout, acme).result()).isEqualTo(Undone.Result.UNDONE);
    node.dieAndStartOn(folder.resolve("n2"));
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isZero();
    assertThat(orders.undo(rollout, acme).result()).isEqualTo(Undone.Result.UNDONE);
    assertThat(orders.describe(acme).version()).isEqualTo("1");
    assertThat(node.controlPlane.told()).isEmpty();
  }

  @Test
  void aWokenDatabaseIsUndoneFromItsCopyUnlessItsTenantWrote() throws IOException {
    letSleep();
    assertThat(orders.count("acme", PRICES)).isZero();
    assertThat(orders.undo(rollout, acme).version()).isEqualTo("1");
    UUID next = UUID.randomUUID();
    node.stop();
    node.startAndJoin();
    unusedForLong();
    assertThat(migrate(next, V2, MINUTE).result()).isEqualTo(Result.DORMANT);
    node.sql("acme", "INSERT INTO item(name, price) VALUES ('x', 1)");
    assertThat(orders.undo(next, acme).result()).isEqualTo(Undone.Result.WRITTEN);
  }

  // The answer with which the node told of the stamp was lost, so the undo does not name it.
  @Test
  void aStampThatTheUndoDidNotNameWakesNobody() throws IOException {
    Binding other = orders.provision("other");
    letSleep();
    assertThat(orders.undo(rollout, other).result()).isEqualTo(Undone.Result.UNDONE);

    node.dieAndStartOn(folder.resolve("n2"));

    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isZero();
    assertThat(orders.describe(acme).version()).isEqualTo("1");
    node.dieAndStartOn(folder.resolve("n3"));
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isZero();
    assertThat(node.controlPlane.told()).isEmpty();
  }

  @Test
  void whatWasUsedLatelyIsMigratedAtOnce() throws IOException {
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isZero();
    assertThat(migrate(rollout, V2, MINUTE).result()).isEqualTo(Result.APPLIED);
    node.stop();
    node.startAndJoin();
    assertThat(migrate(rollout, V3, MINUTE).result()).isEqualTo(Result.APPLIED);
  }

  @Test
  void ourOwnWorkIsNoUse() throws IOException {
    assertThat(migrate(rollout, V2, null).result()).isEqualTo(Result.APPLIED);
    orders.describe(acme);
    orders.rehearse(acme, V3);
    assertThat(migrate(UUID.randomUUID(), V3, MINUTE).result()).isEqualTo(Result.DORMANT);
  }

  @Test
  void lookingDoesNotWake() throws IOException {
    letSleep();
    assertThat(orders.describe(acme).version()).isEqualTo("1");
    assertThat(orders.rehearse(acme, V2).outcome().fromVersion()).isEqualTo("1");
    assertThat(node.controlPlane.told()).isEmpty();
  }

  @Test
  void aBackupAndTheFactsWakeToo() throws IOException {
    letSleep();
    node.order("POST", "/node/v1/pools/shop/tenants/acme/backups", Map.of());
    assertTold(Result.APPLIED);
    assertThat(orders.describe(acme).version()).isEqualTo("2");
  }
}
