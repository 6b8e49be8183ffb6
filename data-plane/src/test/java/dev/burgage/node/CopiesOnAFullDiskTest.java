package dev.burgage.node;

import static dev.burgage.node.RolloutOrders.COPIES;
import static dev.burgage.node.RolloutOrders.V2;
import static dev.burgage.node.RolloutOrders.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.Undone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The folder of copies is a file system of its own with next to no room. Needs the right to mount
/// one; without it nothing is tested here.
class CopiesOnAFullDiskTest {
  private static final int PAGE = 4096;
  private static final long MINUTE = 60_000;

  @TempDir private Path folder = Path.of("");
  private final UUID rollout = UUID.randomUUID();
  private boolean mounted;

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
    mounted = runs("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", copies().toString());
    assumeTrue(mounted, "no right to mount a file system");
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
    if (mounted) {
      assertThat(runs("umount", copies().toString())).isTrue();
    }
  }

  private Path copies() {
    return node.data().resolve("copies");
  }

  private static boolean runs(String... command) throws IOException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path filler() {
    return copies().resolve(UUID.nameUUIDFromBytes(new byte[0]).toString());
  }

  private void leave(long bytes) throws IOException {
    long free = Files.getFileStore(copies()).getUsableSpace();
    Files.write(filler(), new byte[(int) (free - bytes)]);
  }

  private ApplyOutcome migrate(Binding binding) throws IOException {
    return orders.migrate(rollout, binding, V2, COPIES);
  }

  private void assertServedAsBefore(Binding binding, String tenant) throws IOException {
    assertThat(orders.describe(binding).version()).isEqualTo("1");
    node.sql(tenant, "INSERT INTO item(name) VALUES ('while it was full')");
    assertThat(orders.count(tenant, "SELECT count(*) FROM item")).isEqualTo(1);
  }

  @Test
  void whoseCopyHasNoRoomIsRefusedAloneAndMigratedWhenThereIsSome() throws IOException {
    Binding other = orders.provision("other");
    leave(3 * PAGE + Files.size(orders.file(acme)));

    List<ApplyOutcome> outcomes =
        orders.migrateAll(
            new ApplyMigrations(
                rollout, 1, List.of(target(acme), target(other)), V2, List.of(), COPIES, null));

    assertThat(outcomes)
        .extracting(ApplyOutcome::result)
        .containsExactlyInAnyOrder(Result.APPLIED, Result.FAILED);
    boolean first = outcomes.getFirst().result() == Result.FAILED;
    Binding refused = first ? acme : other;
    assertThat(String.valueOf((first ? outcomes.getFirst() : outcomes.getLast()).failure()))
        .contains("cannot be kept", "No space left on device", "it is as it was");
    assertServedAsBefore(refused, first ? "acme" : "other");
    try (Stream<Path> kept = Files.list(copies().resolve(rollout.toString()))) {
      assertThat(kept).as("a copy, and until when").hasSize(2);
    }

    Files.delete(filler());
    assertThat(migrate(refused).result()).isEqualTo(Result.APPLIED);
    assertThat(orders.undo(rollout, acme).result()).isEqualTo(Undone.Result.UNDONE);
    assertThat(orders.undo(rollout, other).result()).isEqualTo(Undone.Result.UNDONE);
  }

  @Test
  void largeDatabaseIsRefusedInTheSameWords() throws IOException {
    node.sql(
        "acme",
        "INSERT INTO item(name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 12000) SELECT hex(randomblob(500)) FROM n");

    ApplyOutcome outcome = migrate(acme);

    assertThat(outcome.result()).isEqualTo(Result.FAILED);
    assertThat(String.valueOf(outcome.failure())).contains("cannot be kept", "database is full");
    assertThat(orders.describe(acme).version()).isEqualTo("1");
    try (Stream<Path> kept = Files.list(copies().resolve(rollout.toString()))) {
      assertThat(kept).as("until when").hasSize(1);
    }
  }

  @Test
  void withoutRoomForAnyCopyTheOrderIsRefusedWhole() throws IOException {
    leave(0);

    assertThatThrownBy(() -> migrate(acme))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("storage_full");
    assertServedAsBefore(acme, "acme");

    Files.delete(filler());
    assertThat(migrate(acme).result()).isEqualTo(Result.APPLIED);
    assertThat(orders.undo(rollout, acme).result()).isEqualTo(Undone.Result.UNDONE);
  }

  @Test
  void dormantTenantIsServedAsBeforeWhileThereIsNoRoom() throws IOException {
    long then = System.currentTimeMillis() - 10 * MINUTE;
    assertThat(orders.file(acme).toFile().setLastModified(then)).isTrue();
    assertThat(orders.migrate(rollout, acme, V2, COPIES, MINUTE).result())
        .isEqualTo(Result.DORMANT);
    leave(0);

    assertServedAsBefore(acme, "acme");

    Files.delete(filler());
    assertThat(migrate(acme).result()).isEqualTo(Result.APPLIED);
    assertThat(orders.describe(acme).version()).isEqualTo("2");
  }
}
