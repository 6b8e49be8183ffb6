package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.CreateDatabase;
import dev.burgage.protocol.node.ExportOrder;
import dev.burgage.protocol.node.RestoreOrder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A node's disk that fills in the midst of something long: whoever asked reads so, nothing
/// half-made is there, and it works when there is room again. Needs the right to mount.
class FullDiskTest {
  private static final int MEGABYTE = 1024 * 1024;
  private static final String TENANTS = "/node/v1/pools/shop/tenants/";
  // Less than the database's file, and more than a small answer of the node needs.
  private static final long ROOM = 2L * MEGABYTE;
  private static final int ROWS = 4;

  @TempDir private static Path disk = Path.of("");
  @TempDir private static Path elsewhere = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private static NodeHarness node;

  @SuppressWarnings("NullAway.Init")
  private static TransferClient transfers;

  @SuppressWarnings("NullAway.Init")
  private static Binding acme;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(runs("mount", "-t", "tmpfs", "-o", "size=448m", "tmpfs", disk.toString()));
    node =
        new NodeHarness(
            disk,
            Map.of(
                "BURGAGE_STORE",
                "file:" + elsewhere.resolve("store"),
                "BURGAGE_NODE_DISK_RESERVE_MIB",
                "1"));
    transfers = new TransferClient(node, disk);
    acme = node.provision("acme");
    RoundTripTest.complete(transfers.load("acme", content()));
  }

  @AfterAll
  static void stop() throws IOException {
    if (Files.exists(disk.resolve("log"))) {
      node.close();
      assertThat(runs("umount", "-l", disk.toString())).isTrue();
    }
  }

  private static boolean runs(String... command) throws IOException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // Nothing packs it.
  private static String content() {
    Random random = new Random(7);
    StringBuilder sql = new StringBuilder("CREATE TABLE t(a);");
    byte[] blob = new byte[MEGABYTE];
    for (int i = 0; i < ROWS; i++) {
      random.nextBytes(blob);
      sql.append("INSERT INTO t VALUES (x'").append(HexFormat.of().formatHex(blob)).append("');");
    }
    return sql.toString();
  }

  private Path fill() throws IOException {
    Path filler = disk.resolve("filler");
    byte[] block = new byte[MEGABYTE];
    try (OutputStream out = Files.newOutputStream(filler)) {
      for (long left = disk.toFile().getUsableSpace();
          left > ROOM + MEGABYTE;
          left = disk.toFile().getUsableSpace()) {
        out.write(block);
      }
    }
    return filler;
  }

  private String post(String path, Object body) throws IOException {
    HttpResponse<String> answer = node.order("POST", TENANTS + path, body);
    return answer.statusCode() + " " + answer.body();
  }

  private static void isFull(String answer) {
    assertThat(answer).contains("storage_full").contains("full");
  }

  private static void nothingIsLeft() {
    nothingIsLeft("tmp", "rebuild", "backups/making");
  }

  private static void nothingIsLeft(String... places) {
    for (String place : places) {
      try (Stream<Path> files =
          Files.exists(disk.resolve(place))
              ? Files.walk(disk.resolve(place))
              : Stream.<Path>empty()) {
        assertThat(files.filter(file -> Files.isRegularFile(file)))
            .as(place)
            .noneMatch(file -> file.toFile().length() >= MEGABYTE / 2);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void servesAllItsRows(String tenant) throws IOException {
    JsonNode row = node.sql(tenant, "SELECT count(*) AS n, total(length(a)) AS l FROM t");
    assertThat(row.at("/results/0/n").asInt()).isEqualTo(ROWS);
    assertThat(row.at("/results/0/l").asLong()).isEqualTo((long) ROWS * MEGABYTE);
  }

  @Test
  void anExportIsWholeOrNotThere() throws Exception {
    Path filler = fill();
    for (String format : List.of("db", "sql")) {
      String path = TENANTS + "acme/export?format=" + format;
      isFull(node.order("GET", path, Map.of()).body());
      nothingIsLeft();
    }
    ExportOrder all = new ExportOrder(false, false, List.of(), false);
    assertThat(ended("acme", "exports", post("acme/exports", all))).contains("disk is full");
    nothingIsLeft();
    servesAllItsRows("acme");
    Files.delete(filler);
    for (String format : List.of("db", "sql")) {
      String path = TENANTS + "acme/export?format=" + format;
      assertThat(node.order("GET", path, Map.of()).statusCode()).isEqualTo(200);
    }
    assertThat(transfers.export("acme", all)).contains("INSERT INTO");
    nothingIsLeft();
  }

  private String ended(String tenant, String what, String begun) throws IOException {
    JsonNode now = Json.mapper().readTree(begun.substring(4));
    for (int i = 0; i < 120 && now.path("status").asString().equals("active"); i++) {
      String bookmark = now.path("bookmark").asString();
      now =
          Json.mapper()
              .readTree(
                  node.order("GET", TENANTS + tenant + "/" + what + "/" + bookmark, Map.of())
                      .body());
    }
    return now.toString();
  }

  @Test
  void aBackupIsWholeOrNotListed() throws Exception {
    Path filler = fill();
    isFull(post("acme/backups", Map.of()));
    nothingIsLeft();
    assertThat(node.order("GET", TENANTS + "acme/backups", Map.of()).body())
        .contains("\"backups\":[]");
    servesAllItsRows("acme");
    Files.delete(filler);
    assertThat(post("acme/backups", Map.of())).contains("\"integrity\":\"ok\"");
    nothingIsLeft();
  }

  @Test
  void aForkAndARestoreAreWholeOrDidNotHappen() throws Exception {
    String bookmark =
        Json.mapper()
            .readTree(node.order("GET", TENANTS + "acme", Map.of()).body())
            .path("bookmark")
            .asString();
    DatabaseId id = new DatabaseId(UUID.randomUUID());
    var source =
        new CreateDatabase.Source(acme.database(), bookmark, Limits.DEFAULT.sizeBytesMax());
    String order = "/node/v1/databases/" + id + "/1";
    node.sql("acme", "CREATE TABLE later(a)");
    Path filler = fill();

    isFull(node.order("PUT", order, new CreateDatabase("x", source)).body());
    nothingIsLeft();
    isFull(post("acme/restore", new RestoreOrder(bookmark)));
    nothingIsLeft("tmp", "past");
    servesAllItsRows("acme");
    node.sql("acme", "SELECT * FROM later");
    Files.delete(filler);

    awaitRoom();
    assertThat(node.order("PUT", order, new CreateDatabase("x", source)).statusCode())
        .isEqualTo(200);
    assertThat(post("acme/restore", new RestoreOrder(bookmark))).startsWith("200");
    servesAllItsRows("acme");
  }

  @Test
  void anImportIsWholeOrDidNotHappen() throws Exception {
    node.provision("other");
    byte[] sql = content().getBytes(StandardCharsets.UTF_8);
    String upload = TENANTS + "other/imports/" + md5(sql);
    assertThat(
            node.send(
                    HttpRequest.newBuilder(node.url().resolve(upload))
                        .header("Authorization", "Bearer " + node.controlPlane.orderToken())
                        .PUT(BodyPublishers.ofByteArray(sql))
                        .build())
                .statusCode())
        .isEqualTo(204);
    Path filler = fill();

    assertThat(ended("other", "imports", post("other/imports/" + md5(sql), Map.of())))
        .contains("\"status\":\"error\"")
        .contains("full");
    assertThat(
            node.sql("other", "SELECT count(*) AS n FROM sqlite_schema WHERE name = 't'")
                .at("/results/0/n"))
        .hasToString("0");
    servesAllItsRows("acme");
    nothingIsLeft();
    Files.delete(filler);

    awaitRoom();
    RoundTripTest.complete(transfers.load("other", sql));
    servesAllItsRows("other");
  }

  // The log looks for room once a second.
  private void awaitRoom() throws IOException {
    for (int i = 0; i < 500; i++) {
      if (node.query("acme", "{\"sql\":\"UPDATE t SET a = a WHERE 0\"}").statusCode() == 200) {
        return;
      }
      NodeHarness.pause();
    }
  }

  private static String md5(byte[] content) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
  }
}
