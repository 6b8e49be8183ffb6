package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.error.Problem;
import dev.burgage.protocol.node.BookmarkAt;
import dev.burgage.protocol.node.RestoreOrder;
import dev.burgage.protocol.node.Restored;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Restores of a database while others read and write it without a pause.
class RestoreUnderLoadTest {
  private static final String PATH = "/node/v1/pools/shop/tenants/acme/";
  private static final String FOR_EVER =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

  @TempDir private Path data = Path.of("");
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicInteger numbers = new AtomicInteger();
  private final Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @SuppressWarnings("NullAway.Init")
  private NodeHarness node;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(data);
    node.provision("acme");
    node.sql("acme", "CREATE TABLE a(n INTEGER PRIMARY KEY)");
    node.sql("acme", "CREATE TABLE b(n INTEGER PRIMARY KEY)");
  }

  @AfterEach
  void stop() throws IOException {
    stopped.set(true);
    threads.close();
    node.close();
  }

  private HttpResponse<String> post(String more, String body) throws IOException {
    return node.send(
        node.request("/v1/pools/shop/tenants/acme/query?resultsFormat=ARRAY_OF_OBJECTS" + more)
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  // Whoever is refused may surely come again.
  private static boolean isTaken(HttpResponse<String> answer) {
    if (answer.statusCode() == 200) {
      return true;
    }
    ErrorCode code = Json.mapper().readValue(answer.body(), Problem.class).code();
    assertThat(code.retryable()).as(answer.body()).isTrue();
    return false;
  }

  private int write() throws IOException {
    int written = 0;
    while (!stopped.get()) {
      int number = numbers.incrementAndGet();
      String body =
          "[{\"sql\":\"INSERT INTO a VALUES(%1$d)\"},{\"sql\":\"INSERT INTO b VALUES(%1$d)\"}]"
              .formatted(number);
      if (isTaken(post("", body))) {
        acknowledged.add(number);
        written++;
      }
    }
    return written;
  }

  private int look() throws IOException {
    int seen = 0;
    while (!stopped.get()) {
      HttpResponse<String> answer =
          post(
              "",
              "[{\"sql\":\"SELECT count(*) AS n, sum(n) AS s FROM a\"},{\"sql\":\"SELECT count(*)"
                  + " AS n, sum(n) AS s FROM b\"}]");
      if (isTaken(answer)) {
        JsonNode both = Json.mapper().readTree(answer.body());
        assertThat(both.get(0).get("results")).isEqualTo(both.get(1).get("results"));
        seen++;
      }
    }
    return seen;
  }

  private String now() throws IOException {
    return Json.mapper()
        .readValue(node.order("GET", PATH + "bookmark", "").body(), BookmarkAt.class)
        .bookmark();
  }

  private Restored restore(String to) throws IOException {
    HttpResponse<String> answer = node.order("POST", PATH + "restore", new RestoreOrder(to));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.mapper().readValue(answer.body(), Restored.class);
  }

  private Set<Integer> numbers(String more) throws IOException {
    HttpResponse<String> answer = post(more, "{\"sql\":\"SELECT n FROM a\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Set<Integer> found = new TreeSet<>();
    Json.mapper()
        .readTree(answer.body())
        .get(0)
        .get("results")
        .forEach(row -> found.add(row.get("n").asInt()));
    return found;
  }

  @Test
  void noAcknowledgedWriteIsLostFromHistoryAndNobodySeesAMixture() throws Exception {
    List<Future<Integer>> others = new ArrayList<>();
    for (Callable<Integer> one : List.<Callable<Integer>>of(this::write, this::write, this::look)) {
      others.add(threads.submit(one));
    }
    Set<Integer> inHistory = new TreeSet<>();
    for (int round = 0; round < 6; round++) {
      String to = now();
      Set<Integer> then = numbers("&at=" + to);
      int goal = acknowledged.size() + 40;
      while (acknowledged.size() < goal) {
        NodeHarness.pause();
      }
      Set<Integer> before = Set.copyOf(acknowledged);

      Restored restored = restore(to);

      assertThat(numbers("&at=" + restored.bookmark())).isEqualTo(then);
      Set<Integer> replaced = numbers("&at=" + restored.previousBookmark());
      inHistory.addAll(replaced);
      assertThat(inHistory).containsAll(before);
    }
    stopped.set(true);
    for (Future<Integer> other : others) {
      assertThat(other.get()).isPositive();
    }
    inHistory.addAll(numbers(""));
    assertThat(inHistory).containsAll(acknowledged);
  }

  @Test
  void statementThatRunsForLongIsToldToComeAgain() throws Exception {
    String to = now();
    node.sql("acme", "INSERT INTO a VALUES(1)");
    Future<HttpResponse<String>> reader =
        threads.submit(() -> post("", "{\"sql\":\"%s\"}".formatted(FOR_EVER)));
    Future<HttpResponse<String>> writer =
        threads.submit(() -> post("", "{\"sql\":\"INSERT INTO a %s\"}".formatted(FOR_EVER)));
    NodeHarness.pause();

    restore(to);

    assertThat(isTaken(reader.get())).isFalse();
    assertThat(isTaken(writer.get())).isFalse();
    assertThat(numbers("")).isEmpty();
    node.sql("acme", "INSERT INTO a VALUES(2)");
    assertThat(numbers("")).containsExactly(2);
  }
}
