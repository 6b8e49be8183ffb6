package dev.burgage.node;

import static dev.burgage.node.RolloutOrders.V1;
import static dev.burgage.node.RolloutOrders.V2;
import static dev.burgage.node.RolloutOrders.V3;
import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.Undone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Marking as applied what was made by hand.
class MarksTest {
  private static final long MINUTE = 60_000;

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
    node.sql("acme", "INSERT INTO item(name) VALUES ('first')");
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    node.sql("acme", "SELECT name FROM d1_migrations ORDER BY id")
        .path("results")
        .forEach(row -> names.add(row.path("name").asString()));
    return names;
  }

  @Test
  void whatIsMarkedIsInBothHistoriesAndIsNotRun() throws IOException {
    node.sql("acme", "ALTER TABLE item ADD COLUMN price INTEGER");

    ApplyOutcome marked = orders.mark(acme, V2);

    assertThat(marked.result()).isEqualTo(Result.APPLIED);
    assertThat(marked.fromVersion()).isEqualTo("1");
    assertThat(marked.toVersion()).isEqualTo("2");
    assertThat(marked.fingerprint()).isEqualTo(orders.describe(acme).fingerprint());
    assertThat(orders.describe(acme).version()).isEqualTo("2");
    assertThat(names()).containsExactly("V1__items.sql", "V2__price.sql");
    ApplyOutcome applied = orders.migrate(rollout, acme, V2);
    assertThat(applied.result()).isEqualTo(Result.UP_TO_DATE);
    assertThat(applied.fingerprint()).isEqualTo(marked.fingerprint());
    assertThat(orders.count("acme", "SELECT count(price) FROM item")).isZero();
  }

  @Test
  void whatComesLaterRuns() throws IOException {
    orders.mark(acme, V2);

    assertThat(orders.migrate(rollout, acme, V3).result()).isEqualTo(Result.APPLIED);

    assertThat(orders.count("acme", "SELECT count(*) FROM stock")).isZero();
    assertThat(names()).containsExactly("V1__items.sql", "V2__price.sql", "V3__stock.sql");
    assertThat(orders.count("acme", "SELECT count(*) FROM pragma_table_info('item')")).isEqualTo(2);
  }

  @Test
  void markingAgainChangesNothing() throws IOException {
    ApplyOutcome first = orders.mark(acme, V3);
    ApplyOutcome again = orders.mark(acme, V3);

    assertThat(again.result()).isEqualTo(Result.UP_TO_DATE);
    assertThat(again.toVersion()).isEqualTo("3");
    assertThat(again.fingerprint()).isEqualTo(first.fingerprint());
    assertThat(names()).hasSize(3);
    assertThat(orders.mark(acme, V1).toVersion()).isEqualTo("3");
  }

  @Test
  void whatAnotherToolMarkedIsNotMarkedTwice() throws IOException {
    node.sql("acme", "INSERT INTO d1_migrations(name) VALUES ('V3__stock.sql')");

    assertThat(orders.mark(acme, V3).result()).isEqualTo(Result.APPLIED);

    assertThat(names()).containsExactly("V1__items.sql", "V3__stock.sql", "V2__price.sql");
  }

  @Test
  void aHistoryThatDiffersIsNotMarked() throws IOException {
    List<MigrationScript> other = new ArrayList<>(V2);
    MigrationScript first = V2.getFirst();
    other.set(0, new MigrationScript("1", first.description(), first.script(), 7, first.sql()));

    ApplyOutcome outcome = orders.mark(acme, other);

    assertThat(outcome.result()).isEqualTo(Result.FAILED);
    assertThat(Objects.requireNonNull(outcome.failure()).kind()).isEqualTo(Kind.HISTORY);
    assertThat(orders.describe(acme).version()).isEqualTo("1");
  }

  @Test
  void aDormantTargetIsNotWokenAndSleepsNoLonger() throws IOException {
    sleep();

    assertThat(orders.mark(acme, V2).result()).isEqualTo(Result.APPLIED);

    assertThat(orders.undo(rollout, acme).version()).isEqualTo("2"); // null of one with a stamp
    assertThat(orders.count("acme", "SELECT count(*) FROM pragma_table_info('item')")).isEqualTo(2);
    node.dieAndStartOn(folder.resolve("n2"));
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isEqualTo(1);
    assertThat(orders.describe(acme).version()).isEqualTo("2");
    assertThat(node.controlPlane.told()).isEmpty();
  }

  @Test
  void aDormantTargetThatCannotBeMarkedIsStillDormant() throws IOException {
    node.sql("acme", "DROP TABLE d1_migrations");
    node.sql("acme", "CREATE VIEW d1_migrations AS SELECT 1 AS name");
    sleep();

    ApplyOutcome outcome = orders.mark(acme, V2);

    assertThat(Objects.requireNonNull(outcome.failure()).kind()).isEqualTo(Kind.HISTORY);
    assertThat(orders.describe(acme).version()).isEqualTo("1");
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isEqualTo(1);
    for (int i = 0; i < 500 && node.controlPlane.told().isEmpty(); i++) {
      NodeHarness.pause();
    }
    assertThat(node.controlPlane.told()).hasSize(1);
  }

  private void sleep() throws IOException {
    node.stop();
    node.startAndJoin();
    long then = System.currentTimeMillis() - 10 * MINUTE;
    assertThat(orders.file(acme).toFile().setLastModified(then)).isTrue();
    assertThat(orders.migrate(rollout, acme, V2, MINUTE).result()).isEqualTo(Result.DORMANT);
  }

  @Test
  void aMarkIsAWriteToTheRolloutBefore() throws IOException {
    assertThat(orders.migrate(rollout, acme, V2).result()).isEqualTo(Result.APPLIED);
    orders.mark(acme, V2);

    orders.mark(acme, V3);

    assertThat(orders.undo(rollout, acme).result()).isEqualTo(Undone.Result.WRITTEN);
  }

  @Test
  void aMarkThatFailsIsNoWrite() throws IOException {
    node.sql("acme", "DROP TABLE d1_migrations");
    assertThat(orders.migrate(rollout, acme, V2).result()).isEqualTo(Result.APPLIED);
    List<MigrationScript> other = new ArrayList<>(V3);
    other.add(other.getLast()); // its name is unique

    assertThat(orders.mark(acme, other).result()).isEqualTo(Result.FAILED);

    assertThat(orders.undo(rollout, acme).result()).isEqualTo(Undone.Result.UNDONE);
  }
}
