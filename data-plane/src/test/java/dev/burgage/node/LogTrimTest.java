package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.log.LogCheck;
import dev.burgage.protocol.binding.Binding;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The log of a node keeps its size, and no database misses what is gone of it.
class LogTrimTest {
  private static final String COUNT = "SELECT count(*) FROM item";
  private static final int SEGMENTS_MAX = 3; // the one that is written, the spare one, one to go

  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private RolloutOrders orders;

  @BeforeEach
  void start() throws IOException {
    node =
        new NodeHarness(
            folder.resolve("n1"),
            Map.of(
                "BURGAGE_NODE_LOG_MIB", "0",
                "BURGAGE_NODE_SEGMENT_MIB", "4",
                "BURGAGE_NODE_OPEN_DATABASES", "2"));
    orders = new RolloutOrders(node);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private List<String> segments() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(node.data().resolve("log"), "*.log")) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    names.sort(null);
    return names;
  }

  private void awaitTrimmed() throws IOException {
    for (int i = 0; i < 3_000 && segments().size() > SEGMENTS_MAX; i++) {
      NodeHarness.pause();
    }
    assertThat(segments()).hasSizeLessThanOrEqualTo(SEGMENTS_MAX);
    assertThat(segments().getFirst()).isGreaterThan("0000000000000004");
  }

  private void insert(String tenant, int rows) throws IOException {
    for (int i = 0; i < rows; i++) {
      node.sql(tenant, "INSERT INTO item(name) VALUES (?)", UUID.randomUUID() + "x".repeat(20_000));
    }
  }

  @Test
  void oldSegmentsGoAndNothingIsLostAfterIt() throws IOException {
    List<Binding> bindings = new ArrayList<>();
    for (String tenant : List.of("ann", "bob", "cyd", "dan", "idle")) {
      bindings.add(orders.provision(tenant));
    }
    insert("idle", 3);
    for (int round = 0; round < 6; round++) {
      for (String tenant : List.of("ann", "bob", "cyd", "dan")) {
        insert(tenant, 50); // three at once cannot be open
      }
      Files.deleteIfExists(orders.file(bindings.getLast())); // what goes of the log is in the store
    }
    awaitTrimmed();
    assertThat(node.send(node.request("/actuator/prometheus").build()).body())
        .contains("burgage_node_log_failed 0.0")
        .containsPattern("burgage_node_log_records_total [1-9]");
    assertThat(orders.count("idle", COUNT)).isEqualTo(3);
    insert("idle", 1);
    node.dieAndStartOn(folder.resolve("n2"));
    for (String tenant : List.of("ann", "bob", "cyd", "dan")) {
      assertThat(orders.count(tenant, COUNT)).isEqualTo(300);
    }
    assertThat(orders.count("idle", COUNT)).isEqualTo(4);
    node.stop();
    for (Binding binding : bindings) {
      Path file = orders.file(binding);
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-wal"));
    }
    node.startAndJoin();
    for (String tenant : List.of("ann", "bob", "cyd", "dan")) {
      assertThat(orders.count(tenant, COUNT)).isEqualTo(300);
    }
    assertThat(orders.count("idle", COUNT)).isEqualTo(4);
    node.stop();
    assertThat(LogCheck.of(node.data().resolve("log")).findings()).isEmpty();
    node.startAndJoin();
  }

  @Test
  void whatIsOlderThanTheWindowGoesHoweverSmallTheLogIs() throws IOException {
    node.close();
    node =
        new NodeHarness(
            folder.resolve("n3"),
            Map.of("BURGAGE_STORE_WINDOW_DAYS", "0", "BURGAGE_STORE_EVERY_COMMIT_HOURS", "0"));
    orders = new RolloutOrders(node);
    orders.provision("busy");
    insert("busy", 1_200);
    awaitTrimmed();
  }

  @Test
  void aDeletedDatabaseHoldsNothing() throws IOException {
    Binding gone = orders.provision("gone");
    orders.provision("busy");
    insert("gone", 3);
    String path = "/node/v1/databases/" + gone.database() + "/1";
    assertThat(node.order("DELETE", path, Map.of()).statusCode()).isEqualTo(204);
    assertThat(node.order("DELETE", path, Map.of()).statusCode()).isEqualTo(204);
    insert("busy", 1_200);
    awaitTrimmed();
  }
}
