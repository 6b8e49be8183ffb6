package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// One tenant tries all that is in `attacks.jsonl`, over HTTP, beside another one's database. Its
/// own has what `attacked.sql` makes. The benchmark `neighbour` reads both files too.
class AttackTest {
  private static final String SECRET = "alices-secret-4711";
  private static final Limits SMALL = new Limits(64L * 1024 * 1024, 700);
  private static final long MEMORY_MORE_MAX_KIB = 700 * 1024;

  @TempDir Path folder;
  private NodeHarness node;
  private Binding alice;
  private Path victim;
  private Path outside;

  /// A line of the list.
  ///
  /// @param expect `refused`: an error and no change; `harmless`: whatever, as long as nothing
  ///   happens to others
  record Attack(String expect, String sql) {}

  @BeforeEach
  void start() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    outside = Files.createDirectory(folder.resolve("outside"));
    node = new NodeHarness(data);
    alice = node.provision("alice", NodeHarness.EMPTY, SMALL);
    node.provision("mallory", NodeHarness.EMPTY, SMALL);
    node.sql("alice", "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
    node.sql("alice", "INSERT INTO t VALUES (1, '" + SECRET + "')");
    String id = alice.database().toString();
    victim = data.resolve("databases").resolve(id.substring(0, 2)).resolve(id + "-1.db");
    assertThat(victim).exists();
    prepare();
  }

  private void prepare() throws IOException {
    for (String sql : lines("attacked.sql")) {
      node.sql("mallory", sql);
    }
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private static List<Attack> attacks() throws IOException {
    return lines("attacks.jsonl").stream()
        .map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8), Attack.class))
        .toList();
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream text =
        Objects.requireNonNull(AttackTest.class.getResourceAsStream(resource))) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void noStatementLeavesItsDatabaseOrHarmsTheNode() throws IOException {
    List<Attack> attacks = attacks();
    assertThat(attacks).hasSizeGreaterThan(150);
    long memoryBefore = residentKib();
    List<String> unexpected = new ArrayList<>();
    for (Attack attack : attacks) {
      node.publish(new FeedMessage.Changed(alice)); // a silent stream would be joined anew
      String sql =
          attack.sql().replace("{other}", victim.toString()).replace("{tmp}", outside.toString());
      HttpResponse<String> answer = send("mallory", sql);
      @Nullable String wrong = wrong(attack, answer);
      if (wrong != null) {
        String shown = sql.length() > 120 ? sql.substring(0, 120) + "…" : sql;
        unexpected.add("%s: %s -> %s".formatted(wrong, shown, start(answer.body())));
      }
      if (attack.expect().equals("harmless")) {
        prepare();
      }
      assertThat(secretOfAlice()).as("after %s", sql).isEqualTo(SECRET);
    }
    assertThat(unexpected).isEmpty();
    assertThat(outside).isEmptyDirectory();
    assertThat(node.sql("alice", "PRAGMA quick_check").at("/results/0/quick_check").asString())
        .isEqualTo("ok");
    assertThat(node.sql("mallory", "PRAGMA quick_check").at("/results/0/quick_check").asString())
        .isEqualTo("ok");
    assertThat(residentKib() - memoryBefore).isLessThan(MEMORY_MORE_MAX_KIB);
  }

  private static @Nullable String wrong(Attack attack, HttpResponse<String> answer) {
    if (answer.body().contains(SECRET)) {
      return "tells the other's secret";
    }
    if (answer.statusCode() >= 500 && answer.statusCode() != 504 && answer.statusCode() != 507) {
      return "the node failed";
    }
    boolean succeeded = answer.statusCode() == 200;
    return succeeded && attack.expect().equals("refused") ? "is not refused" : null;
  }

  private static String start(String text) {
    return text.substring(0, Math.min(300, text.length()));
  }

  private HttpResponse<String> send(String tenant, String sql) throws IOException {
    List<Object> parameters = sql.contains("ATTACH ?") ? List.of(victim.toString()) : List.of();
    byte[] body = Json.bytes(Map.of("sql", sql, "params", parameters));
    return node.query(tenant, new String(body, StandardCharsets.UTF_8));
  }

  private String secretOfAlice() throws IOException {
    JsonNode rows = node.sql("alice", "SELECT b FROM t").get("results");
    return rows.size() == 1 ? rows.get(0).get("b").asString() : rows.toString();
  }

  private static long residentKib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return 0;
  }

  @Test
  void aBatchWithOneRefusedStatementDoesNothing() throws IOException {
    HttpResponse<String> answer =
        node.query(
            "mallory",
            "[{\"sql\":\"INSERT INTO t(b) VALUES ('left')\"},{\"sql\":\"SELECT"
                + " replicate('a',9)\"}]");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(node.sql("mallory", "SELECT * FROM t WHERE b = 'left'").get("results").size())
        .isZero();
  }

  @Test
  void ourOwnPreparedStatementsAreNotFoundByTheirText() throws IOException {
    node.sql("mallory", "INSERT INTO t(b) VALUES ('x')"); // the writer has prepared these by now
    for (String sql :
        List.of("PRAGMA page_count", "PRAGMA freelist_count", "PRAGMA query_only=ON")) {
      HttpResponse<String> answer = send("mallory", sql);
      assertThat(answer.body()).as(sql).contains("not authorized: SQLITE_AUTH");
    }
  }

  @Test
  void manyValuesInOneStatementShareABudget() throws IOException {
    String text = "x".repeat(3_000_000);
    String few = "SELECT length(max(?1 || 'a', ?1 || 'b')) AS n";
    assertThat(node.sql("mallory", few, text).at("/results/0/n").asInt()).isEqualTo(3_000_001);
    String many = "SELECT length(max(" + "?1 || 'a', ".repeat(120) + "1)) AS n";
    HttpResponse<String> answer =
        node.query(
            "mallory",
            new String(
                Json.bytes(Map.of("sql", many, "params", List.of(text))), StandardCharsets.UTF_8));
    assertThat(answer.body()).contains("string or blob too big: SQLITE_TOOBIG");
    assertThat(node.sql("mallory", many, "short").at("/results/0/n").asInt()).isEqualTo(6);
  }

  @Test
  void textsForAFunctionThatNothingStopsAreShort() throws IOException {
    String large = "{\"a\":\"" + "x".repeat(200_000) + "\"}";
    HttpResponse<String> answer =
        node.query(
            "mallory",
            new String(
                Json.bytes(Map.of("sql", "SELECT json_patch('{}', ?)", "params", List.of(large))),
                StandardCharsets.UTF_8));
    assertThat(answer.body()).contains("string or blob too big: SQLITE_TOOBIG");
    assertThat(node.sql("mallory", "SELECT json_patch('{}', '{\"a\":1}') AS j").at("/results/0/j"))
        .hasToString("\"{\\\"a\\\":1}\"");
  }

  @Test
  void aNodeThatTrustsItsCallersSaysSo() throws IOException {
    node.close();
    node = new NodeHarness(folder.resolve("trusted"), Map.of("BURGAGE_SQL_GUARD", "trusted"));
    node.provision("alice");
    assertThat(node.sql("alice", "SELECT sqlite_version() AS v").at("/results/0/v").asString())
        .startsWith("3.");
    assertThat(node.send(node.request("/actuator/health").build()).body())
        .contains("\"guard\":\"trusted\"");
    assertThat(node.send(node.request("/actuator/prometheus").build()).body())
        .contains("burgage_node_guard{state=\"trusted\"} 1.0");
  }
}
