package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.Limits;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Statements and bytes by chance against a node, over HTTP, for as long as `fuzz.duration` says
/// (`-Pfuzz`): it does not crash, nothing hangs, and the other tenant keeps its secret. If the
/// process dies, the file `running` in the data folder has the statement.
@Tag("fuzz")
class FuzzTest {
  private static final String SECRET = "alices-secret-4711";
  private static final Limits SMALL = new Limits(64L * 1024 * 1024, 500);
  private static final Duration HANGING = Duration.ofSeconds(30);
  private static final long MEMORY_MORE_MAX_KIB = 900 * 1024;
  private static final int CHECKED_EVERY = 100;
  private static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b, x, c)",
          "INSERT OR IGNORE INTO t(a, b) VALUES (1, 'one'), (2, 'two'), (3, 3.5), (4, x'00')",
          "CREATE VIRTUAL TABLE IF NOT EXISTS f USING fts5(x)",
          "CREATE VIRTUAL TABLE IF NOT EXISTS r USING rtree(id, x0, x1)",
          "CREATE TABLE IF NOT EXISTS s(a INTEGER PRIMARY KEY AUTOINCREMENT, b, x, c)");

  @TempDir Path folder;
  private NodeHarness node;
  private Binding alice;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(folder);
    alice = node.provision("alice", NodeHarness.EMPTY, SMALL);
    node.provision("mallory", NodeHarness.EMPTY, SMALL);
    node.sql("alice", "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
    node.sql("alice", "INSERT INTO t VALUES (1, '" + SECRET + "')");
    prepare();
  }

  // What it has broken itself is its own; what can be had again, is.
  private void prepare() throws IOException {
    for (String sql : SCHEMA) {
      send(Json.bytes(Map.of("sql", sql)));
    }
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  @Test
  void nothingThatATenantSendsHarmsAnybody() throws IOException {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    Duration duration = Duration.parse(System.getProperty("fuzz.duration", "PT1H"));
    System.out.printf("fuzz: seed %d, for %s, in %s%n", seed, duration, folder);
    Random random = new Random(seed);
    SqlGrammar grammar = new SqlGrammar(random);
    Map<Integer, Integer> statuses = new TreeMap<>();
    long memoryBefore = residentKib();
    long end = System.nanoTime() + duration.toNanos();
    long sent = 0;
    for (; System.nanoTime() - end < 0; sent++) {
      if (sent % CHECKED_EVERY == 0) {
        check();
      }
      byte[] body = body(random, grammar);
      HttpResponse<String> answer = send(body);
      statuses.merge(answer.statusCode(), 1, Integer::sum);
      assertThat(answer.body()).as("%s", text(body)).doesNotContain(SECRET);
      assertThat(answer.statusCode()).as("%s: %s", text(body), answer.body()).isNotEqualTo(500);
    }
    check();
    System.out.printf(
        "fuzz: seed %d: %d requests, answers by status %s, memory +%d KiB%n",
        seed, sent, statuses, residentKib() - memoryBefore);
    assertThat(residentKib() - memoryBefore).isLessThan(MEMORY_MORE_MAX_KIB);
  }

  private static byte[] body(Random random, SqlGrammar grammar) {
    String sql = grammar.script();
    byte[] body =
        random.nextInt(4) == 0
            ? Json.bytes(List.of(Map.of("sql", sql), Map.of("sql", grammar.script())))
            : Json.bytes(
                Map.of("sql", sql, "params", sql.contains("?") ? List.of("p") : List.of()));
    if (random.nextInt(20) == 0) {
      for (int i = 0; i < 3; i++) {
        body[random.nextInt(body.length)] = (byte) random.nextInt();
      }
    }
    return body;
  }

  private void check() throws IOException {
    node.publish(new FeedMessage.Changed(alice)); // a silent stream would be joined anew
    assertThat(node.sql("alice", "SELECT b FROM t").at("/results/0/b").asString())
        .isEqualTo(SECRET);
    prepare();
  }

  private HttpResponse<String> send(byte[] body) throws IOException {
    return node.send(
        node.request("/v1/pools/shop/tenants/mallory/query?resultsFormat=ARRAY_OF_OBJECTS")
            .timeout(HANGING)
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  private static String text(byte[] body) {
    return new String(body, java.nio.charset.StandardCharsets.UTF_8);
  }

  private static long residentKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return 0;
  }
}
