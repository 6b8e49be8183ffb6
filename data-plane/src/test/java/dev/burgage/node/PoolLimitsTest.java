package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.FeedMessage.PoolLimits;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.binding.SqlLimits;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Limits of SQL that a pool sets, as they reach a node by the feed.
class PoolLimitsTest {
  private static final PoolName OTHER = new PoolName("other");
  private static final SqlLimits WIDE = new SqlLimits(1_000, 200, 500);

  @TempDir Path data;
  private NodeHarness node;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(data);
    node.provision("acme");
    node.provision(OTHER, "acme", NodeHarness.EMPTY, Limits.DEFAULT);
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private void limit(SqlLimits limits) throws IOException {
    node.publish(new FeedMessage.Pools(List.of(new PoolLimits(NodeHarness.POOL, limits))));
  }

  private String run(PoolName pool, String sql, int parameters) throws IOException {
    byte[] body = Json.bytes(Map.of("sql", sql, "params", Collections.nCopies(parameters, 1)));
    HttpResponse<String> response =
        node.send(
            node.request("/v1/pools/" + pool + "/tenants/acme/query?resultsFormat=NONE")
                .POST(BodyPublishers.ofString(new String(body, StandardCharsets.UTF_8)))
                .build());
    return response.statusCode() == 200 ? "ok" : response.body();
  }

  private String run(String sql, int parameters) throws IOException {
    return run(NodeHarness.POOL, sql, parameters);
  }

  private static String list(String item, int times) {
    return IntStream.range(0, times)
        .mapToObj(i -> item.replace("#", "c" + i))
        .collect(Collectors.joining(","));
  }

  private static String select(int parameters) {
    return "SELECT 1 IN (" + list("?", parameters) + ")";
  }

  @Test
  void parametersOfAPoolAreBoundByItsTenantsAndByNobodyElse() throws IOException {
    assertThat(run(select(101), 101)).contains("too many SQL variables");

    limit(WIDE);

    assertThat(run(select(1_000), 1_000)).isEqualTo("ok"); // on the reader that was open already
    assertThat(run(select(1_001), 1_001)).contains("too many SQL variables");
    assertThat(run(OTHER, select(101), 101)).contains("too many SQL variables");
    assertThat(run(OTHER, select(100), 100)).isEqualTo("ok");
  }

  @Test
  void theWriterThatIsOpenTakesThemToo() throws IOException {
    assertThat(run("CREATE TABLE t (a)", 0)).isEqualTo("ok");
    String insert = "INSERT INTO t VALUES " + list("(?)", 500);
    assertThat(run(insert, 500)).contains("too many SQL variables");

    limit(WIDE);

    assertThat(run(insert, 500)).isEqualTo("ok");
    assertThat(run("CREATE TABLE wide (" + list("#", 500) + ")", 0)).isEqualTo("ok");
    assertThat(run("CREATE TABLE wider (" + list("#", 501) + ")", 0)).contains("too many columns");
    assertThat(run(OTHER, "CREATE TABLE wide (" + list("#", 101) + ")", 0))
        .contains("too many columns");
  }

  @Test
  void patternsOfLikeGrowWithTheirPool() throws IOException {
    String like = "SELECT 'a' LIKE '" + "a".repeat(200) + "', 'a' GLOB '" + "a".repeat(200) + "'";
    assertThat(run(like, 0)).contains("LIKE or GLOB pattern too complex");

    limit(WIDE);

    assertThat(run(like, 0)).isEqualTo("ok");
    assertThat(run("SELECT 'a' LIKE '" + "a".repeat(201) + "'", 0))
        .contains("LIKE or GLOB pattern too complex");
  }

  @Test
  void aStatementPreparedUnderALimitIsRefusedWhenTheLimitIsLowered() throws IOException {
    limit(WIDE);
    assertThat(run(select(200), 200)).isEqualTo("ok");

    node.publish(new FeedMessage.Pools(List.of()));

    assertThat(run(select(200), 200)).contains("too many SQL variables");
  }

  @Test
  void theDangerousOnesStayAsTheyAre() throws IOException {
    limit(new SqlLimits(32_766, 500, 2_000));

    assertThat(run("ATTACH ':memory:' AS x", 0)).contains("SQLITE_AUTH");
    assertThat(run("SELECT 1" + " UNION ALL SELECT 1".repeat(5), 0)).contains("too many terms");
    assertThat(run("SELECT length(zeroblob(4194305))", 0)).contains("too big");
    assertThat(run("SELECT '" + "a".repeat(100_000) + "'", 0)).contains("SQLITE_TOOBIG");
  }

  @Test
  void aNodeThatStartsWithoutItsControlPlaneKnowsThem() throws IOException {
    limit(WIDE);
    node.stop();
    node.controlPlane.close();
    node.start();

    assertThat(run(select(1_000), 1_000)).isEqualTo("ok");
    assertThat(run(OTHER, select(101), 101)).contains("too many SQL variables");
  }
}
