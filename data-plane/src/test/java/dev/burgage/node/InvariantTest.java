package dev.burgage.node;

import static dev.burgage.node.RolloutOrders.V1;
import static dev.burgage.node.RolloutOrders.and;
import static dev.burgage.node.RolloutOrders.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.migration.Invariant;
import dev.burgage.protocol.migration.Invariant.Expectation;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.DescribedSchemas.DescribedSchema;
import dev.burgage.protocol.node.Rehearse;
import dev.burgage.protocol.node.Undone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Invariants, on the ways on which a node applies migrations.
class InvariantTest {
  private static final long MINUTE = 60_000;
  private static final String NAMES = "SELECT count(*) FROM item WHERE name IS NOT NULL";

  /// Takes the names of items that have a number over 1.
  private static final List<MigrationScript> LOSING =
      and(
          V1,
          new MigrationFile(
              "V2__names.sql",
              "ALTER TABLE item ADD COLUMN title; UPDATE item SET name = NULL WHERE id > 1;"));

  @TempDir private Path folder = Path.of("");
  private final UUID rollout = UUID.randomUUID();

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private RolloutOrders orders;

  /// Breaks the invariants.
  @SuppressWarnings("NullAway.Init")
  private Binding broken;

  /// Keeps them.
  @SuppressWarnings("NullAway.Init")
  private Binding whole;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder);
    orders = new RolloutOrders(node);
    broken = orders.provision("broken");
    whole = orders.provision("whole");
    node.sql("broken", "INSERT INTO item(name) VALUES ('a'), ('b')");
    node.sql("whole", "INSERT INTO item(name) VALUES ('a')");
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private static Invariant invariant(Expectation expect) {
    return switch (expect) {
      case EMPTY -> new Invariant("named", "SELECT id FROM item WHERE name IS NULL", expect);
      case SAME -> new Invariant("names", "SELECT name FROM item ORDER BY id", expect);
    };
  }

  private ApplyMigrations order(Expectation expect, @Nullable Long dormantAfterMillis) {
    return new ApplyMigrations(
        rollout,
        1,
        List.of(target(broken), target(whole)),
        LOSING,
        List.of(invariant(expect)),
        dormantAfterMillis);
  }

  private static void assertBroken(ApplyOutcome outcome, Expectation expect) {
    assertThat(outcome.result()).isEqualTo(Result.FAILED);
    assertThat(outcome.toVersion()).isEqualTo("1");
    ApplyOutcomes.Failure failure = Objects.requireNonNull(outcome.failure());
    assertThat(failure.kind()).isEqualTo(Kind.INVARIANT);
    assertThat(failure.cause()).isEqualTo(invariant(expect).name());
  }

  private void assertOnlyTheOtherIsMigrated(DescribedSchema before) throws IOException {
    assertThat(orders.describe(broken)).isEqualTo(before);
    assertThat(orders.count("broken", NAMES)).isEqualTo(2);
    assertThat(orders.describe(whole).version()).isEqualTo("2");
  }

  @ParameterizedTest
  @EnumSource
  void oneThatDoesNotHoldRollsItsTenantBackAndNoOther(Expectation expect) throws IOException {
    DescribedSchema before = orders.describe(broken);

    List<ApplyOutcome> outcomes = orders.migrateAll(order(expect, null));

    assertBroken(outcomes.getFirst(), expect);
    assertThat(outcomes.getLast().result()).isEqualTo(Result.APPLIED);
    assertOnlyTheOtherIsMigrated(before);
    assertThat(orders.undo(rollout, broken).result()).isEqualTo(Undone.Result.UNDONE);
  }

  @ParameterizedTest
  @EnumSource
  void aRehearsalSaysThatItDoesNotHold(Expectation expect) throws IOException {
    DescribedSchema before = orders.describe(broken);
    List<Invariant> asked = List.of(invariant(expect));

    assertBroken(
        orders.rehearse(new Rehearse(List.of(target(broken)), LOSING, asked)).outcome(), expect);
    assertThat(
            orders.rehearse(new Rehearse(List.of(target(whole)), LOSING, asked)).outcome().result())
        .isEqualTo(Result.APPLIED);
    assertThat(orders.describe(broken)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void itIsAskedOfADatabaseThatWakesUp(Expectation expect) throws IOException {
    DescribedSchema before = orders.describe(broken);
    node.stop();
    node.startAndJoin();
    for (Binding one : List.of(broken, whole)) {
      long then = System.currentTimeMillis() - 10 * MINUTE;
      assertThat(orders.file(one).toFile().setLastModified(then)).isTrue();
    }
    assertThat(orders.migrateAll(order(expect, MINUTE)))
        .extracting(ApplyOutcome::result)
        .containsOnly(Result.DORMANT);

    assertThat(orders.count("broken", NAMES)).isEqualTo(2);
    for (int i = 0; i < 500 && node.controlPlane.told().isEmpty(); i++) {
      NodeHarness.pause();
    }
    assertThat(node.controlPlane.told()).hasSize(1);
    assertBroken(node.controlPlane.told().iterator().next().outcome(), expect);
    assertThat(orders.count("whole", "SELECT count(title) FROM item")).isZero();
    assertOnlyTheOtherIsMigrated(before);
  }

  @Test
  void theyAreNotAskedWhereNothingIsToBeApplied() throws IOException {
    Invariant never = new Invariant("never", "SELECT 1", Expectation.EMPTY);
    var upToDate =
        new ApplyMigrations(rollout, 1, List.of(target(broken)), V1, List.of(never), null);

    assertThat(orders.migrate(upToDate).result()).isEqualTo(Result.UP_TO_DATE);
  }
}
