package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.node.Statistics;
import dev.burgage.protocol.node.StatisticsOrder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsTest {
  @TempDir Path data;

  private static Statistics figures(NodeHarness node, Binding binding) throws IOException {
    StatisticsOrder order =
        new StatisticsOrder(
            binding.pool(),
            binding.database(),
            0,
            Long.MAX_VALUE,
            StatisticsOrder.Figure.COUNT,
            /* average= */ false,
            /* descending= */ true,
            10);
    String answer = node.order("POST", "/node/v1/statistics", order).body();
    return Json.read(answer.getBytes(StandardCharsets.UTF_8), Statistics.class);
  }

  @Test
  void figuresOfStatementsOutlastARestartAndGoOn() throws IOException {
    try (NodeHarness node = new NodeHarness(data)) {
      Binding acme = node.provision("acme");
      node.sql("acme", "CREATE TABLE t (a)");
      node.sql("acme", "INSERT INTO t VALUES (1)");
      node.sql("acme", "INSERT INTO t VALUES (2)");
      Statistics before = figures(node, acme);

      node.stop();
      node.startAndJoin();

      assertThat(figures(node, acme)).isEqualTo(before);
      node.sql("acme", "INSERT INTO t VALUES (3)");
      Statistics.OfStatement insert = figures(node, acme).statements().getFirst();
      assertThat(insert.statement()).isEqualTo("INSERT INTO t VALUES (?)");
      assertThat(insert.count()).isEqualTo(3);
      assertThat(insert.rowsWritten()).isEqualTo(3);
      assertThat(figures(node, acme).hours().stream().mapToLong(hour -> hour.writeQueries()).sum())
          .isEqualTo(4);
    }
  }

  @Test
  void aFileOfFiguresThatIsNoneIsNoReasonNotToServe() throws IOException {
    try (NodeHarness node = new NodeHarness(data)) {
      Binding acme = node.provision("acme");
      node.sql("acme", "SELECT 1");
      node.stop();
      Files.writeString(data.resolve("statistics.json"), "{\"statements\":");
      node.startAndJoin();

      assertThat(figures(node, acme).statements()).isEmpty();
      assertThat(node.sql("acme", "SELECT 1").path("success").asBoolean()).isTrue();
    }
  }
}
