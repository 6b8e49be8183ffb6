package dev.burgage.node;

import static dev.burgage.node.RolloutOrders.BROKEN;
import static dev.burgage.node.RolloutOrders.V2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.migration.SchemaObject;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.DescribedSchemas.DescribedSchema;
import dev.burgage.protocol.node.Rehearsed.OnCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private RolloutOrders orders;

  @SuppressWarnings("NullAway.Init")
  private Binding acme;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder);
    orders = new RolloutOrders(node);
    acme = orders.provision("acme");
    node.sql("acme", "INSERT INTO item(name) VALUES ('a'), ('b'), ('c')");
    node.stop(); // the write-ahead log is in the file now
    node.startAndJoin();
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private void assertNothingLeft() throws IOException {
    try (var files = Files.list(folder.resolve("tmp"))) {
      assertThat(files.filter(f -> f.getFileName().toString().startsWith("rehearsal"))).isEmpty();
    }
  }

  @Test
  void theSetIsAppliedToACopyAndTheOriginalIsUntouched() throws IOException {
    byte[] before = Files.readAllBytes(orders.file(acme));
    OnCopy onCopy = orders.rehearse(acme, V2);
    assertThat(onCopy.outcome().result()).isEqualTo(Result.APPLIED);
    assertThat(onCopy.outcome().toVersion()).isEqualTo("2");
    assertThat(onCopy.rowsChanged()).isEqualTo(3);
    assertThat(onCopy.sizeBytesBefore()).isEqualTo(before.length);
    assertThat(onCopy.sizeBytesAfter()).isGreaterThanOrEqualTo(before.length);
    assertThat(Files.readAllBytes(orders.file(acme))).isEqualTo(before);
    assertThat(orders.describe(acme).version()).isEqualTo("1");
    assertNothingLeft();
  }

  @Test
  void aFailureIsAnAnswer() throws IOException {
    OnCopy onCopy = orders.rehearse(acme, BROKEN);
    assertThat(onCopy.outcome().result()).isEqualTo(Result.FAILED);
    assertThat(Objects.requireNonNull(onCopy.outcome().failure()).kind()).isEqualTo(Kind.STATEMENT);
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isEqualTo(3);
    assertNothingLeft();
  }

  @Test
  void whatARollOutWouldMakeIsTheSame() throws IOException {
    String rehearsed = orders.rehearse(acme, V2).outcome().fingerprint();
    assertThat(orders.migrate(UUID.randomUUID(), acme, V2, null).fingerprint())
        .isEqualTo(rehearsed);
    assertThat(orders.describe(acme).fingerprint()).isEqualTo(rehearsed);
  }

  @Test
  void writersGoOn() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Long> written =
        CompletableFuture.supplyAsync(() -> {
          long count = 0;
          try {
            while (!enough.get()) {
              node.sql("acme", "INSERT INTO item(name) VALUES ('x')");
              count++;
            }
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
          return count;
        });
    for (int i = 0; i < 5; i++) {
      assertThat(orders.rehearse(acme, V2).outcome().result()).isEqualTo(Result.APPLIED);
    }
    enough.set(true);
    long last = written.get();
    assertThat(orders.count("acme", "SELECT count(*) FROM item")).isEqualTo(last + 3);
    assertNothingLeft();
  }

  @Test
  void leftoversGoAtTheStart() throws IOException {
    Files.writeString(folder.resolve("tmp").resolve("rehearsal-x"), "left by a kill");
    node.stop();
    node.startAndJoin();
    assertNothingLeft();
  }

  @Test
  void aSchemaIsDescribedAndTheDatabaseClosedAgain() throws IOException {
    byte[] before = Files.readAllBytes(orders.file(acme));
    DescribedSchema schema = orders.describe(acme);
    assertThat(schema.version()).isEqualTo("1");
    assertThat(schema.objects()).extracting(SchemaObject::name).containsExactly("item");
    assertThat(Files.readAllBytes(orders.file(acme))).isEqualTo(before);
    assertThat(orders.file(acme).resolveSibling(orders.file(acme).getFileName() + "-shm"))
        .doesNotExist();
  }
}
