package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.node.ship.Layout;
import dev.burgage.node.ship.Restore;
import dev.burgage.node.ship.RestoreOutcome;
import dev.burgage.node.ship.StoreCheck;
import dev.burgage.node.store.FolderStore;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.DatabaseFacts;
import dev.burgage.protocol.node.RestoreOrder;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node's disk loses all or some of its databases, and they come back from the object store.
class RecoveryTest {
  private static final String COUNT = "SELECT count(*) FROM item";
  private static final Layout LAYOUT = new Layout("eu1");

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
    node =
        new NodeHarness(
            folder.resolve("n1"),
            Map.of("BURGAGE_STORE", "file:" + objects, "BURGAGE_CELL", LAYOUT.root()));
    orders = new RolloutOrders(node);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private static void await(String what, BooleanSupplier condition) {
    for (int i = 0; i < 3_000; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      NodeHarness.pause();
    }
    throw new AssertionError("waited in vain until " + what);
  }

  private String metrics() {
    try {
      return node.send(node.request("/actuator/prometheus").build()).body();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitShipped() {
    await(
        "all is shipped",
        () ->
            metrics().contains("burgage_node_store_lag_bytes 0.0")
                && !metrics().contains("burgage_node_store_slices_total 0.0"));
  }

  private void loseDisk() throws IOException {
    node.stop();
    delete(node.data());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  // As a volume that is not mounted.
  private void hideStore() throws IOException {
    Files.move(objects, folder.resolve("hidden"));
  }

  private void showStore() throws IOException {
    Files.move(folder.resolve("hidden"), objects);
  }

  private void insert(String tenant, int rows) throws IOException {
    for (int i = 0; i < rows; i++) {
      node.sql(tenant, "INSERT INTO item(name) VALUES (?)", "row " + i);
    }
  }

  private Bookmark bookmark(String tenant) throws IOException {
    HttpResponse<String> facts =
        node.order("GET", "/node/v1/pools/shop/tenants/" + tenant, Map.of());
    assertThat(facts.statusCode()).as(facts.body()).isEqualTo(200);
    return Bookmark.parse(
        Json.read(facts.body().getBytes(StandardCharsets.UTF_8), DatabaseFacts.class).bookmark());
  }

  private HttpResponse<String> select(String tenant) throws IOException {
    return node.query(tenant, "{\"sql\":\"" + COUNT + "\"}");
  }

  private RestoreOutcome restore(Binding binding, Bookmark bookmark) throws IOException {
    Path target = folder.resolve("restored-" + UUID.randomUUID());
    try (ObjectStore store = new FolderStore(objects)) {
      assertThat(StoreCheck.of(store, LAYOUT).findings()).isEmpty();
      return new Restore(store, LAYOUT, Restore.Proof.NONE)
          .toBookmark(binding.database(), bookmark, null, target);
    }
  }

  @Test
  void anEmptiedNodeServesFromTheStoreInTheSameHistoryAndDoesSoAgain() throws Exception {
    Binding ann = orders.provision("ann");
    insert("ann", 3);
    List<Bookmark> all = new ArrayList<>(List.of(bookmark("ann")));
    awaitShipped();
    for (int loss = 1; loss <= 2; loss++) {
      Bookmark newest = all.getLast();
      loseDisk();
      node.startAndJoin();
      if (loss == 2) {
        await("it is there", () -> Files.exists(orders.file(ann)));
        node.stop();
        Files.delete(orders.file(ann)); // as if the process had died before it had its name
        node.startAndJoin();
      }
      assertThat(orders.count("ann", COUNT)).isEqualTo(2 + loss);
      assertThat(bookmark("ann").transaction()).isEqualTo(newest.transaction() + 1);
      insert("ann", 1);
      assertThat(bookmark("ann").transaction()).isEqualTo(newest.transaction() + 2);
      all.add(bookmark("ann"));
      if (loss == 1) {
        awaitShipped();
        for (Bookmark bookmark : all) {
          assertThat(restore(ann, bookmark)).isInstanceOf(RestoreOutcome.Restored.class);
        }
      }
    }
    // The node itself finds its way over the losses, too.
    RestoreOrder order = new RestoreOrder(all.getFirst().toString());
    HttpResponse<String> back =
        node.order("POST", "/node/v1/pools/shop/tenants/ann/restore", order);
    assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
    assertThat(orders.count("ann", COUNT)).isEqualTo(3);
  }

  @Test
  void allComeBackByThemselvesAndThoseThatAreAskedForShareOneFetchEach() throws Exception {
    for (int i = 0; i < 6; i++) {
      orders.provision("t" + i);
      insert("t" + i, 1);
    }
    awaitShipped();
    loseDisk();
    node.startAndJoin();
    List<Future<Integer>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        String tenant = "t" + i % 2;
        answers.add(callers.submit(() -> select(tenant).statusCode()));
      }
    }
    for (Future<Integer> answer : answers) {
      assertThat(answer.get()).isEqualTo(200);
    }
    await("all are there", () -> metrics().contains("burgage_node_recovery_restored_total 6.0"));
    assertThat(metrics())
        .contains("burgage_node_recovery_waiting 0.0", "burgage_node_recovery_failed 0.0")
        .containsPattern("burgage_node_recovery_until_seconds 1\\.\\d+E9");
    hideStore(); // nothing more is needed of it
    for (int i = 0; i < 6; i++) {
      assertThat(orders.count("t" + i, COUNT)).isEqualTo(1);
    }
  }

  @Test
  void whatTheStoreDoesNotHaveOrDoesNotSayIsRefusedAndNotMadeEmpty() throws Exception {
    Binding ann = orders.provision("ann");
    insert("ann", 1);
    awaitShipped();
    try (NodeHarness empty =
        new NodeHarness(
            folder.resolve("n2"),
            Map.of("BURGAGE_STORE", "file:" + objects, "BURGAGE_CELL", LAYOUT.root()))) {
      hideStore();
      Binding unknown = orders.provision("unknown"); // on the node that is going to be lost
      empty.publish(new FeedMessage.Changed(ann));
      HttpResponse<String> answer = empty.query("ann", "{\"sql\":\"SELECT 1\"}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
      assertThat(answer.body()).contains("store_unavailable");
      node.stop();
      showStore();
      await("ann is back", () -> isServed(empty, "ann"));
      empty.publish(new FeedMessage.Changed(unknown));
      answer = empty.query("unknown", "{\"sql\":\"SELECT 1\"}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
      assertThat(answer.body()).contains("is missing on its node", "the object store has nothing");
      try (Stream<Path> files = Files.walk(empty.data().resolve("databases"))) {
        assertThat(files).noneMatch(file -> file.toString().contains("" + unknown.database()));
      }
      String path = "/node/v1/databases/" + unknown.database() + "/1";
      assertThat(empty.order("DELETE", path, Map.of()).statusCode()).isEqualTo(204);
    }
  }

  @Test
  void aDatabaseThatNobodyHasWrittenToComesBackToo() throws Exception {
    Binding unused = orders.provision("unused");
    awaitShipped();
    loseDisk();
    node.startAndJoin();
    assertThat(orders.count("unused", COUNT)).isZero();
    insert("unused", 2);
    assertThat(bookmark("unused").transaction()).isEqualTo(4); // made, fetched, two rows
    awaitShipped();
    assertThat(restore(unused, bookmark("unused"))).isInstanceOf(RestoreOutcome.Restored.class);
  }

  private static boolean isServed(NodeHarness node, String tenant) {
    try {
      return node.query(tenant, "{\"sql\":\"" + COUNT + "\"}").statusCode() == 200;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSingleFileComesBackWithAllThatTheLogHas() throws Exception {
    Binding ann = orders.provision("ann");
    insert("ann", 4);
    Bookmark newest = bookmark("ann");
    node.stop(); // what was not shipped is in the log
    Files.delete(orders.file(ann));
    node.startAndJoin();
    assertThat(orders.count("ann", COUNT)).isEqualTo(4);
    assertThat(bookmark("ann")).isEqualTo(newest);
  }

  @Test
  void anOlderFileIsNotReplacedByWhatTheStoreHas() throws Exception {
    Binding ann = orders.provision("ann");
    insert("ann", 1);
    node.stop();
    Path old = folder.resolve("old");
    copy(node.data(), old);
    node.startAndJoin();
    insert("ann", 2);
    awaitShipped();
    loseDisk();
    copy(old, node.data());
    node.startAndJoin();
    assertThat(orders.count("ann", COUNT)).isEqualTo(1);
    assertThat(restore(ann, bookmark("ann"))).isInstanceOf(RestoreOutcome.Restored.class);
    await("nothing is shipped", () -> metrics().contains("burgage_node_store_failed 1.0"));
  }

  @Test
  void databasesWithoutTheirLogAreNotServed() throws Exception {
    Binding ann = orders.provision("ann");
    insert("ann", 3);
    awaitShipped();
    node.stop();
    delete(node.data().resolve("log"));
    assertThatThrownBy(node::start).hasMessageContaining("no commit log");
    assertThat(orders.file(ann)).exists();
    loseDisk();
    node.startAndJoin();
    assertThat(orders.count("ann", COUNT)).isEqualTo(3);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  @Test
  void rolloutsAndDeletionsWaitForTheFile() throws Exception {
    Binding ann = orders.provision("ann");
    Binding gone = orders.provision("gone");
    insert("ann", 1);
    insert("gone", 1);
    awaitShipped();
    loseDisk();
    node.startAndJoin();
    assertThat(orders.migrate(UUID.randomUUID(), ann, RolloutOrders.V2, 1L).result())
        .isIn(Result.APPLIED, Result.DORMANT);
    String path = "/node/v1/databases/" + gone.database() + "/1";
    assertThat(node.order("DELETE", path, Map.of()).statusCode()).isEqualTo(204);
    assertThat(orders.count("ann", "SELECT price FROM item")).isEqualTo(7);
    awaitShipped();
    Path target = folder.resolve("gone.db");
    try (ObjectStore store = new FolderStore(objects)) {
      assertThat(
              new Restore(store, LAYOUT, Restore.Proof.NONE)
                  .toTime(gone.database(), Instant.now(), null, target))
          .isInstanceOf(RestoreOutcome.Deleted.class);
    }
  }
}
