package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Backups as the control plane asks a node for them, with a folder as the object store.
class BackupTest {
  private static final String TENANT = "/node/v1/pools/shop/tenants/acme";
  private static final String BACKUPS = TENANT + "/backups";

  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private Binding acme;

  @BeforeEach
  void start() throws IOException {
    node =
        new NodeHarness(
            folder.resolve("n1"), Map.of("BURGAGE_STORE", "file:" + folder.resolve("store")));
    acme = node.provision("acme");
    node.sql("acme", "CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
    node.sql("acme", "INSERT INTO t(a) VALUES (1), (2)");
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private JsonNode order(String method, String path) throws IOException {
    HttpResponse<String> answer = node.order(method, path, Map.of());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.mapper().readTree(answer.body());
  }

  private String make() throws IOException {
    return order("POST", BACKUPS).path("id").asString();
  }

  private long count() throws IOException {
    return node.sql("acme", "SELECT count(*) AS n FROM t").at("/results/0/n").asLong();
  }

  private Path objects() {
    return folder.resolve("store/burgage/databases/" + acme.database() + "/backups");
  }

  private List<Path> objects(String of) throws IOException {
    if (!Files.exists(objects().resolve(of))) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(objects().resolve(of))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void flip(Path file, long place) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) place] ^= 0x10;
    Files.write(file, bytes);
  }

  private HttpResponse<Path> download(String id, Path to) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(node.url().resolve(BACKUPS + "/" + id + "/file"))
              .header("Authorization", "Bearer " + node.controlPlane.orderToken())
              .build(),
          BodyHandlers.ofFile(to));
    }
  }

  @Test
  void aBackupComesBackInTheDatabasesPlace() throws Exception {
    JsonNode made = order("POST", BACKUPS);
    String backup = BACKUPS + "/" + made.path("id").asString();
    node.sql("acme", "DROP TABLE t");
    node.sql("acme", "CREATE TABLE u(b)");

    JsonNode restored = order("POST", backup + "/restore");

    assertThat(count()).isEqualTo(2);
    assertThat(node.query("acme", "{\"sql\":\"SELECT * FROM u\"}").statusCode()).isEqualTo(400);
    assertThat(restored.path("bookmark").asString())
        .isGreaterThan(restored.path("previousBookmark").asString());
    node.sql("acme", "INSERT INTO t(a) VALUES (3)");
    assertThat(count()).isEqualTo(3);
    assertThat(order("GET", backup)).isEqualTo(made);
    assertThat(node.order("POST", BACKUPS + "/x/restore", Map.of()).statusCode()).isEqualTo(400);
  }

  @Test
  void itsFactsSayWhatItIs() throws Exception {
    String bookmark = order("GET", TENANT).path("bookmark").asString();

    JsonNode made = order("POST", BACKUPS);

    assertThat(made.path("bookmark").asString()).isEqualTo(bookmark);
    assertThat(made.path("tables").asInt()).isEqualTo(1);
    assertThat(made.path("integrity").asString()).isEqualTo("ok");
    assertThat(made.path("origin").asString()).isEqualTo("asked");
    assertThat(made.path("tenant").asString()).isEqualTo("acme");
    assertThat(made.path("packedBytes").asLong())
        .isEqualTo(Files.size(objects("files").getFirst()))
        .isLessThan(made.path("sizeBytes").asLong());
  }

  @Test
  void theFileIsOpenedByAnySqlite() throws Exception {
    Path file = folder.resolve("acme.db");
    JsonNode made = order("POST", BACKUPS);

    HttpResponse<Path> answer = download(made.path("id").asString(), file);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Files.size(file)).isEqualTo(made.path("sizeBytes").asLong());
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var check = connection.prepareStatement("PRAGMA integrity_check").executeQuery();
        var rows = connection.prepareStatement("SELECT sum(a) FROM t").executeQuery()) {
      assertThat(check.getString(1)).isEqualTo("ok");
      assertThat(rows.getInt(1)).isEqualTo(3);
    }
  }

  @Test
  void theNewestIsListedFirstPageByPage() throws Exception {
    List<String> made = new ArrayList<>(List.of(make(), make(), make()));

    JsonNode first = order("GET", BACKUPS + "?limit=2");
    JsonNode second = order("GET", BACKUPS + "?limit=2&cursor=" + first.path("next").asString());

    List<String> listed = new ArrayList<>();
    for (JsonNode page : List.of(first, second)) {
      page.path("backups").forEach(backup -> listed.add(backup.path("id").asString()));
    }
    assertThat(listed).containsExactlyElementsOf(made.reversed());
    assertThat(second.path("next").isNull()).isTrue();
  }

  @Test
  void aDeletedOneIsGoneWithAllItsObjects() throws Exception {
    String kept = make();
    String deleted = make();

    assertThat(node.order("DELETE", BACKUPS + "/" + deleted, Map.of()).statusCode()).isEqualTo(204);

    assertThat(node.order("GET", BACKUPS + "/" + deleted, Map.of()).statusCode()).isEqualTo(404);
    assertThat(node.order("DELETE", BACKUPS + "/" + deleted, Map.of()).statusCode()).isEqualTo(204);
    assertThat(order("GET", BACKUPS + "/" + kept).path("id").asString()).isEqualTo(kept);
    assertThat(objects("")).hasSize(2);
  }

  @Test
  void aPurgedDatabaseLeavesNone() throws Exception {
    make();
    make();

    String database = "/node/v1/databases/" + acme.database() + "/1";
    assertThat(node.order("DELETE", database, Map.of()).statusCode()).isEqualTo(204);

    assertThat(objects("")).isEmpty();
  }

  @Test
  void aDamagedOneIsNamedAndNotUsed() throws Exception {
    String id = make();
    node.sql("acme", "INSERT INTO t(a) VALUES (3)");
    Path part = objects("files").getFirst();
    flip(part, Files.size(part) / 2);

    for (String path : List.of("/file", "/restore")) {
      HttpResponse<String> answer =
          node.order(path.equals("/file") ? "GET" : "POST", BACKUPS + "/" + id + path, Map.of());
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body())
          .contains("object_damaged")
          .contains(objects().relativize(part).toString());
    }
    assertThat(count()).isEqualTo(3);
  }

  @Test
  void aMissingPartIsDamage() throws Exception {
    String id = make();
    Files.delete(objects("files").getFirst());

    assertThat(node.order("GET", BACKUPS + "/" + id + "/file", Map.of()).body())
        .contains("object_damaged")
        .contains("it is missing");
  }

  @Test
  void damagedFactsAreNamedBesideTheOthers() throws Exception {
    String damaged = make();
    String whole = make();
    Path facts = objects("facts").getFirst();
    flip(facts, 40);

    JsonNode list = order("GET", BACKUPS);

    assertThat(list.path("backups")).hasSize(1);
    assertThat(list.at("/backups/0/id").asString()).isEqualTo(whole);
    assertThat(list.at("/damaged/0").asString()).endsWith(facts.getFileName().toString());
    assertThat(node.order("GET", BACKUPS + "/" + damaged, Map.of()).body())
        .contains("object_damaged");
  }

  @Test
  void aDamagedDownloadNeverLooksComplete() throws Exception {
    node.sql("acme", "CREATE TABLE big(b)");
    for (int i = 0; i < 24; i++) {
      node.sql("acme", "INSERT INTO big VALUES (randomblob(900000))");
    }
    String id = make();
    List<Path> parts = objects("files");
    assertThat(parts).hasSizeGreaterThan(2);
    flip(parts.getLast(), 1_000);

    assertThatThrownBy(() -> download(id, folder.resolve("acme.db")))
        .isInstanceOf(IOException.class);
    assertThat(Files.size(folder.resolve("acme.db"))).isLessThan(24 * 900_000);
  }

  @Test
  void aStoreThatIsAwayHoldsUpNobodyElse() throws Exception {
    String id = make();
    Files.move(folder.resolve("store"), folder.resolve("away"));
    Files.createFile(folder.resolve("store"));

    for (String path : List.of("", "/" + id, "/" + id + "/file")) {
      assertThat(node.order("GET", BACKUPS + path, Map.of()).body()).contains("store_unavailable");
    }
    assertThat(node.order("POST", BACKUPS, Map.of()).body()).contains("store_unavailable");
    node.sql("acme", "INSERT INTO t(a) VALUES (3)");
    assertThat(count()).isEqualTo(3);

    Files.delete(folder.resolve("store"));
    Files.move(folder.resolve("away"), folder.resolve("store"));
    assertThat(order("GET", BACKUPS).path("backups")).hasSize(1);
    try (Stream<Path> left = Files.list(folder.resolve("n1/backups/making"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void writesGoOnWhileALargeDatabaseIsBackedUp() throws Exception {
    node.sql("acme", "CREATE TABLE big(b)");
    for (int i = 0; i < 20; i++) {
      node.sql("acme", "INSERT INTO big VALUES (randomblob(900000))");
    }
    Thread backup =
        Thread.ofVirtual()
            .start(() -> {
              try {
                make();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    int written = 0;
    while (backup.isAlive()) {
      node.sql("acme", "INSERT INTO t(a) VALUES (5)");
      written++;
    }
    backup.join();

    assertThat(written).isPositive();
    JsonNode made = order("GET", BACKUPS).path("backups").path(0);
    assertThat(made.path("integrity").asString()).isEqualTo("ok");
    order("POST", BACKUPS + "/" + made.path("id").asString() + "/restore");
    String transaction = made.path("bookmark").asString().substring(9, 26).replace("-", "");
    // Two of the rows were there before, in the same transaction; each later row has its own.
    long before = 3 + 1 + 20; // the template's, the tables' and the first rows', the blobs'
    assertThat(count() - 2).isEqualTo(Long.parseLong(transaction, 16) - before);
  }
}
