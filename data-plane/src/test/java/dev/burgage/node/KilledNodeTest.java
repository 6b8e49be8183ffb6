package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.KilledModel.Entry;
import dev.burgage.node.KilledModel.Known;
import dev.burgage.node.backup.BackupCheck;
import dev.burgage.node.engine.LostSectors;
import dev.burgage.node.log.LogCheck;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.log.TornTail;
import dev.burgage.node.ship.Layout;
import dev.burgage.node.ship.Restore;
import dev.burgage.node.ship.RestoreOutcome;
import dev.burgage.node.ship.StoreCheck;
import dev.burgage.node.store.FolderStore;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.Headers;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.binding.NodeAddress;
import dev.burgage.protocol.node.CreateDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A whole node is killed while clients write, again and again on the same disk; in every fifth
/// round the power is cut, too: of what nobody had waited for, some sectors are lost. The model is
/// what clients were told. In the end the disk is gone, and every bookmark that was told comes back
/// from the store alone, exactly. More rounds: `-Pcampaign` or `-Dkilled.rounds=500`.
class KilledNodeTest {
  private static final int ROUNDS = Integer.getInteger("killed.rounds", 2);
  private static final int RESTORES = Integer.getInteger("killed.restores", 40);
  private static final int POWER_CUT_EVERY = 5;
  private static final int CLIENTS_OF_ONE = 3;
  private static final Layout LAYOUT = new Layout("eu1");
  private static final Pattern SLICE =
      Pattern.compile(".*/l[0-3]/([0-9a-f]{16})\\.([0-9a-f]{8})-.*");
  private static final String ENTRIES =
      "SELECT id, count(*) AS n, sum(length(v)) AS c FROM entry GROUP BY id";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  private final Random random = new Random(Long.getLong("killed.seed", 1));
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final Map<Binding, KilledModel> tenants = new HashMap<>();
  private final AtomicInteger told = new AtomicInteger();

  @SuppressWarnings("NullAway.Init")
  private FakeControlPlane controlPlane;

  @SuppressWarnings("NullAway.Init")
  private KilledProcess process;

  private long revision = 1;
  private int powerCuts;
  private int restored;
  private int notShipped;

  @AfterEach
  void stop() throws InterruptedException {
    if (process != null) {
      process.end(/* atOnce= */ true);
    }
    if (controlPlane != null) {
      controlPlane.close();
    }
    http.close();
  }

  private Path data() {
    return folder.resolve("n1");
  }

  private Path objects() {
    return folder.resolve("objects");
  }

  private URI start() throws Exception {
    int joined = controlPlane.joins().size();
    process =
        new KilledProcess(
            Map.of(
                "BURGAGE_CONTROL_PLANE", controlPlane.url().toString(),
                "BURGAGE_NODE_TOKEN", "bgn.n1.secret",
                "BURGAGE_NODE_PORT", "0",
                "BURGAGE_NODE_SEGMENT_MIB", "4",
                "BURGAGE_NODE_LOG_MIB", "32",
                "BURGAGE_DATA", data().toString(),
                "BURGAGE_STORE", "file:" + objects(),
                "BURGAGE_CELL", "eu1"));
    URI url = process.url();
    for (int i = 0; i < 3_000 && controlPlane.joins().size() == joined; i++) {
      NodeHarness.pause();
    }
    return url;
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void order(URI url, String method, String path, Object body) throws IOException {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(url.resolve(path))
                .header("Authorization", "Bearer " + controlPlane.orderToken())
                .method(method, BodyPublishers.ofByteArray(Json.bytes(body)))
                .build());
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
  }

  private HttpResponse<String> query(URI url, Binding tenant, Object body) throws IOException {
    String path =
        "/v1/pools/shop/tenants/" + tenant.tenant() + "/query?resultsFormat=ARRAY_OF_OBJECTS";
    return send(
        HttpRequest.newBuilder(url.resolve(path))
            .timeout(Duration.ofSeconds(30))
            .header(Headers.SESSION, "first-primary")
            .header("Authorization", "Bearer " + NodeHarness.TOKEN)
            .POST(BodyPublishers.ofByteArray(Json.bytes(body)))
            .build());
  }

  private static Map<String, Object> statement(String sql, Object... parameters) {
    return Map.of("sql", sql, "params", List.of(parameters));
  }

  private void provision(URI url) throws IOException {
    controlPlane.send(
        new FeedMessage.Nodes(List.of(new NodeAddress(NodeHarness.SELF, url))),
        new FeedMessage.Tokens(List.of(NodeHarness.adminGrant()), null),
        new FeedMessage.SnapshotStart(),
        new FeedMessage.Position(new Revision(revision, 0)));
    order(url, "PUT", "/node/v1/templates/" + NodeHarness.EMPTY.id(), NodeHarness.EMPTY);
    for (String name : List.of("ann", "bob", "cyd")) {
      Binding binding =
          new Binding(
              NodeHarness.POOL,
              new TenantId(name),
              new DatabaseId(UUID.randomUUID()),
              Engine.SQLITE,
              NodeHarness.SELF,
              1,
              1,
              BindingState.ACTIVE,
              Limits.DEFAULT);
      order(
          url,
          "PUT",
          "/node/v1/databases/" + binding.database() + "/1",
          new CreateDatabase(NodeHarness.EMPTY.id()));
      revision++;
      controlPlane.send(
          new FeedMessage.Changed(binding), new FeedMessage.Position(new Revision(revision, 0)));
      tenants.put(binding, new KilledModel());
    }
    for (int i = 0;
        i < 3_000 && !controlPlane.acknowledged().contains(new Revision(revision, 0));
        i++) {
      NodeHarness.pause();
    }
    for (Binding tenant : tenants.keySet()) {
      HttpResponse<String> made =
          query(
              url,
              tenant,
              statement("CREATE TABLE entry(id, half, v TEXT, PRIMARY KEY(id, half))"));
      assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    }
  }

  private void write(URI url, Binding tenant, KilledModel model, Random own) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Entry gone = own.nextInt(100) < 45 ? model.beginDeletion(own) : null;
        if (gone != null) {
          gone.deleteBookmark = bookmark(url, tenant, deletion(gone));
          gone.deleted = Known.TOLD;
        } else {
          Entry entry = model.begin();
          entry.insertBookmark = bookmark(url, tenant, insertion(entry));
          entry.inserted = Known.TOLD;
        }
        told.incrementAndGet();
      } catch (IOException e) {
        return; // killed
      }
    }
  }

  private static Object deletion(Entry entry) {
    return statement("DELETE FROM entry WHERE id = ?", entry.id);
  }

  private static Object insertion(Entry entry) {
    String sql = "INSERT INTO entry(id, half, v) VALUES (?, ?, ?)";
    String text = "x".repeat(KilledModel.length(entry.id));
    return List.of(statement(sql, entry.id, 0, text), statement(sql, entry.id, 1, text));
  }

  private String bookmark(URI url, Binding tenant, Object body) throws IOException {
    HttpResponse<String> answer = query(url, tenant, body);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.body());
    }
    return answer.headers().firstValue(Headers.SESSION).orElseThrow();
  }

  private void killWhileClientsWrite(URI url) throws Exception {
    int before = told.get();
    int least = 1 + random.nextInt(60);
    int further = random.nextInt(400);
    List<Future<?>> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Map.Entry<Binding, KilledModel> tenant : tenants.entrySet()) {
        for (int i = 0; i < CLIENTS_OF_ONE; i++) {
          Random own = new Random(random.nextLong());
          clients.add(threads.submit(() -> write(url, tenant.getKey(), tenant.getValue(), own)));
        }
      }
      for (int i = 0; i < 3_000 && told.get() < before + least; i++) {
        NodeHarness.pause();
      }
      Thread.sleep(further);
      process.end(/* atOnce= */ true);
    }
    for (Future<?> client : clients) {
      client.get(); // what was refused instead of cut off is a failure
    }
    assertThat(told.get()).as(process.said().toString()).isGreaterThanOrEqualTo(before + least);
  }

  private LogPosition shipped() throws IOException {
    LogPosition end = new LogPosition(0, 0);
    try (Stream<Path> files = Files.walk(objects())) {
      for (Path file : files.toList()) {
        Matcher slice = SLICE.matcher(file.toString());
        if (slice.matches()) {
          LogPosition to =
              new LogPosition(
                  Long.parseLong(slice.group(1), 16), Long.parseLong(slice.group(2), 16));
          end = to.compareTo(end) > 0 ? to : end;
        }
      }
    }
    return end;
  }

  private String cutThePower() throws IOException {
    powerCuts++;
    LogPosition shipped = shipped();
    Map<DatabaseId, Long> told = new HashMap<>();
    for (Map.Entry<Binding, KilledModel> tenant : tenants.entrySet()) {
      told.put(tenant.getKey().database(), tenant.getValue().transaction());
      LostSectors.of(wal(tenant.getKey()), random);
    }
    return TornTail.cut(
        data().resolve("log"),
        (key, position) ->
            key.transaction() <= told.getOrDefault(key.database(), 0L)
                || position.compareTo(shipped) < 0,
        random);
  }

  private Path wal(Binding tenant) {
    String id = tenant.database().toString();
    return data().resolve("databases").resolve(id.substring(0, 2)).resolve(id + "-1.db-wal");
  }

  // A connection that ends without an answer is no fault of a node that goes on.
  private HttpResponse<String> ask(URI url, Binding tenant) throws Exception {
    try {
      return query(url, tenant, statement(ENTRIES));
    } catch (IOException e) {
      process.requireAlive();
      System.out.println("asked once more, because of " + e);
      return query(url, tenant, statement(ENTRIES));
    }
  }

  private void requireAllNow(URI url, String when) throws Exception {
    for (Map.Entry<Binding, KilledModel> tenant : tenants.entrySet()) {
      order(
          url,
          "POST",
          "/node/v1/databases/%s/1/release".formatted(tenant.getKey().database()),
          Map.of());
      HttpResponse<String> answer = ask(url, tenant.getKey());
      assertThat(answer.statusCode()).as(when + answer.body()).isEqualTo(200);
      Map<Long, long[]> there = new HashMap<>();
      for (JsonNode row : Json.mapper().readTree(answer.body()).get(0).path("results")) {
        there.put(
            row.path("id").asLong(), new long[] {row.path("n").asLong(), row.path("c").asLong()});
      }
      assertThat(tenant.getValue().wrongNow(there))
          .as("%s, %s", when, tenant.getKey().tenant())
          .isEmpty();
    }
  }

  private void restoreSome(int count, boolean isAllShipped) throws Exception {
    for (Map.Entry<Binding, KilledModel> tenant : tenants.entrySet()) {
      List<String> bookmarks = tenant.getValue().bookmarks();
      for (int i = 0; i < Math.min(count, bookmarks.size()); i++) {
        String bookmark =
            isAllShipped && i == 0
                ? bookmarks.getLast()
                : bookmarks.get(random.nextInt(bookmarks.size()));
        restore(tenant.getKey(), tenant.getValue(), bookmark, isAllShipped);
      }
    }
  }

  // From the store, without anything of the node's.
  private void restore(Binding tenant, KilledModel model, String bookmark, boolean isAllShipped)
      throws Exception {
    Path target = folder.resolve("restored.db");
    Files.deleteIfExists(target);
    try (ObjectStore store = new FolderStore(objects())) {
      RestoreOutcome outcome =
          new Restore(store, LAYOUT, Restore.Proof.NONE)
              .toBookmark(tenant.database(), Bookmark.parse(bookmark), null, target);
      boolean isUnknown =
          outcome instanceof RestoreOutcome.NotShipped
              || outcome instanceof RestoreOutcome.NoSuchDatabase;
      if (isUnknown && !isAllShipped) {
        notShipped++;
        return;
      }
      assertThat(outcome)
          .as("%s at %s", tenant.tenant(), bookmark)
          .isInstanceOf(RestoreOutcome.Restored.class);
    }
    assertThat(model.wrongAt(bookmark, entries(target)))
        .as("%s at %s", tenant.tenant(), bookmark)
        .isEmpty();
    restored++;
  }

  private static Map<Long, long[]> entries(Path file) throws SQLException {
    Map<Long, long[]> there = new HashMap<>();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:file:" + file + "?immutable=1");
        Statement statement = connection.createStatement()) {
      try (ResultSet check = statement.executeQuery("PRAGMA integrity_check")) {
        assertThat(check.getString(1)).isEqualTo("ok");
      }
      try (ResultSet rows = statement.executeQuery(ENTRIES)) {
        while (rows.next()) {
          there.put(rows.getLong(1), new long[] {rows.getLong(2), rows.getLong(3)});
        }
      }
    }
    return there;
  }

  private void awaitShipped(URI url) throws IOException {
    for (int i = 0; i < 3_000; i++) {
      HttpResponse<String> metrics =
          send(
              HttpRequest.newBuilder(url.resolve("/actuator/prometheus"))
                  .header("Authorization", "Bearer " + NodeHarness.TOKEN)
                  .build());
      if (metrics.body().contains("burgage_node_store_lag_bytes 0.0")
          && !metrics.body().contains("burgage_node_store_slices_total 0.0")) {
        return;
      }
      NodeHarness.pause();
    }
    throw new AssertionError("waited in vain until all is shipped");
  }

  @Test
  void noAcknowledgedCommitIsLostAndEachBookmarkIsItsState() throws Exception {
    controlPlane = new FakeControlPlane();
    URI url = start();
    provision(url);
    for (int round = 1; round <= ROUNDS; round++) {
      killWhileClientsWrite(url);
      String cut = round % POWER_CUT_EVERY == 0 || ROUNDS < POWER_CUT_EVERY ? cutThePower() : "";
      restoreSome(1, /* isAllShipped= */ false);
      url = start();
      requireAllNow(url, "round %d %s".formatted(round, cut));
      if (round % 25 == 0) {
        report(round);
      }
    }
    write(url);
    awaitShipped(url);
    process.end(/* atOnce= */ false);
    assertThat(LogCheck.of(data().resolve("log")).findings()).isEmpty();
    deleteTheDisk();
    try (ObjectStore store = new FolderStore(objects())) {
      assertThat(StoreCheck.of(store, LAYOUT, new BackupCheck()).findings()).isEmpty();
    }
    restoreSome(RESTORES, /* isAllShipped= */ true);
    report(ROUNDS);
  }

  // One more, so that something is to be shipped.
  private void write(URI url) throws IOException {
    for (Map.Entry<Binding, KilledModel> tenant : tenants.entrySet()) {
      Entry entry = tenant.getValue().begin();
      entry.insertBookmark = bookmark(url, tenant.getKey(), insertion(entry));
      entry.inserted = Known.TOLD;
    }
  }

  private void deleteTheDisk() throws IOException {
    try (Stream<Path> files = Files.walk(data())) {
      for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }

  private void report(int rounds) {
    System.out.printf(
        "%d rounds, %d of them with a power cut: %d acknowledged writes are there; %d bookmarks"
            + " restored from the store alone, %d were not shipped yet%n",
        rounds, powerCuts, told.get(), restored, notShipped);
  }
}
