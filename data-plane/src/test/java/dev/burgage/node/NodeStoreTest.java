package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.ship.Layout;
import dev.burgage.node.ship.Restore;
import dev.burgage.node.ship.RestoreOutcome;
import dev.burgage.node.ship.StoreCheck;
import dev.burgage.node.store.FolderStore;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.node.PurgeReport;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node ships its log, and does without its store for as long as it may.
class NodeStoreTest {
  private static final String INSERT = "INSERT INTO item(name) VALUES (?)";

  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private Path objects;

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private RolloutOrders orders;

  @BeforeEach
  void start() throws IOException {
    objects = Files.createDirectories(folder.resolve("objects"));
    breakStore();
    node =
        new NodeHarness(
            folder.resolve("n1"),
            Map.of(
                "BURGAGE_NODE_LOG_MIB", "0",
                "BURGAGE_STORE", "file:" + objects,
                "BURGAGE_CELL", "eu1",
                "BURGAGE_STORE_BACKLOG_MIB", "9"));
    orders = new RolloutOrders(node);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  // Where the cell's folder belongs is a file.
  private void breakStore() throws IOException {
    Files.writeString(objects.resolve("eu1"), "");
  }

  private void mendStore() throws IOException {
    Files.delete(objects.resolve("eu1"));
  }

  private static void await(String what, BooleanSupplier condition) {
    for (int i = 0; i < 6_000; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      NodeHarness.pause();
    }
    throw new AssertionError("waited in vain until " + what);
  }

  private boolean metrics(String line) {
    try {
      return node.send(node.request("/actuator/prometheus").build()).body().contains(line);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private int segments() throws IOException {
    int count = 0;
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(node.data().resolve("log"), "*.log")) {
      for (Path _ : files) {
        count++;
      }
    }
    return count;
  }

  private RestoreOutcome restore(Binding tenant, Path target) throws IOException {
    try (ObjectStore store = new FolderStore(objects)) {
      assertThat(StoreCheck.of(store, new Layout("eu1")).findings()).isEmpty();
      return new Restore(store, new Layout("eu1"), Restore.Proof.NONE)
          .toTime(tenant.database(), Instant.now(), null, target);
    }
  }

  @Test
  void withoutItsStoreANodeServesUntilTooMuchWaitsAndGoesOnByItself() throws Exception {
    Binding ann = orders.provision("ann");
    int rows = 0;
    HttpResponse<String> answer = insert();
    for (; rows < 5_000 && answer.statusCode() == 200; rows++) {
      answer = insert();
    }
    assertThat(answer.body()).contains("store does not answer").contains("Reads go on");
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(orders.count("ann", "SELECT count(*) FROM item")).isEqualTo(rows);
    await("the metrics say so", () -> metrics("burgage_node_store_full 1.0"));
    assertThat(metrics("burgage_node_store_failed 1.0")).isTrue();
    assertThat(segments()).isGreaterThanOrEqualTo(4); // nothing that the store lacks is removed
    mendStore();
    await("writes go on", () -> metrics("burgage_node_store_full 0.0"));
    assertThat(insert().statusCode()).isEqualTo(200);
    await("all is shipped", () -> metrics("burgage_node_store_lag_bytes 0.0"));
    await(
        "what was shipped goes",
        () -> {
          try {
            return segments() <= 3;
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    Path copy = folder.resolve("copy.db");
    assertThat(restore(ann, copy)).isInstanceOf(RestoreOutcome.Restored.class);
    assertThat(copy).exists();
  }

  private HttpResponse<String> insert() throws IOException {
    String text = UUID.randomUUID() + "x".repeat(20_000);
    return node.query("ann", "{\"sql\":\"%s\",\"params\":[\"%s\"]}".formatted(INSERT, text));
  }

  private PurgeReport report(Binding tenant) throws IOException {
    HttpResponse<String> answer =
        node.order("GET", "/node/v1/purges/" + tenant.database(), Map.of());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.read(answer.body().getBytes(StandardCharsets.UTF_8), PurgeReport.class);
  }

  @Test
  void theStoreHearsOfADeletionAndOfTemplates() throws Exception {
    mendStore();
    Binding gone = orders.provision("gone");
    Binding kept = orders.provision("kept");
    node.sql("kept", INSERT, "one");
    String path = "/node/v1/databases/" + gone.database() + "/1";
    node.sql("gone", INSERT, "one");
    assertThat(node.order("DELETE", path, Map.of()).statusCode()).isEqualTo(204);
    await(
        "all is shipped",
        () ->
            metrics("burgage_node_store_lag_bytes 0.0")
                && !metrics("burgage_node_store_slices_total 0.0"));
    assertThat(objects.resolve("eu1/templates")).isNotEmptyDirectory();
    PurgeReport left = report(gone);
    Instant latest = Objects.requireNonNull(left.deletedAt()).plus(Duration.ofDays(32));
    assertThat(left.holdings())
        .extracting(PurgeReport.Holding::kind)
        .contains("segment", "slice", "home")
        .doesNotContain("file");
    assertThat(left.holdings())
        .filteredOn(one -> !one.kind().equals("segment"))
        .allMatch(one -> latest.isAfter(one.goneBy()));
    assertThat(report(kept).deletedAt()).isNull();
    assertThat(report(kept).holdings())
        .filteredOn(one -> one.kind().equals("file"))
        .anyMatch(one -> one.name().endsWith(kept.database() + "-1.db"));
    Binding nobody = orders.provision("nobody");
    node.order("DELETE", "/node/v1/databases/" + nobody.database() + "/1", Map.of());
    assertThat(report(nobody).deletedAt()).isNotNull(); // also of one that nobody has written to
    assertThat(report(nobody).holdings())
        .extracting(PurgeReport.Holding::kind)
        .isNotEmpty()
        .isSubsetOf("segment", "slice", "home");
    assertThat(restore(gone, folder.resolve("gone.db"))).isInstanceOf(RestoreOutcome.Deleted.class);
    assertThat(restore(kept, folder.resolve("kept.db")))
        .isInstanceOf(RestoreOutcome.Restored.class);
  }
}
