package dev.burgage.bench.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {
  private static final RunHeader HEADER =
      new RunHeader(
          "2026-11-21T22:00:00Z",
          "benchmarks/run",
          Map.of("processors", "2"),
          Map.of("fastify", "5.12.8"));
  private static final Map<String, String> READ = Map.of("operation", "read");

  @TempDir Path folder;

  @Test
  void theMedianOfAnOddCountIsTheMiddleAndOfAnEvenCountTheMean() {
    assertThat(Medians.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2);
    assertThat(Medians.median(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(3);
  }

  @Test
  void numbersHaveThreeDigitsOrThousands() {
    assertThat(Tables.number(47_945.4)).isEqualTo("47,945");
    assertThat(Tables.number(29.06)).isEqualTo("29.1");
    assertThat(Tables.number(2.345)).isEqualTo("2.35");
    assertThat(Tables.number(0.0123)).isEqualTo("0.012");
    assertThat(Tables.number(0)).isEqualTo("0");
  }

  @Test
  void aTableHasMediansAndRatiosToTheBaselineOfTheSameCell() throws IOException {
    Path file = folder.resolve("run.jsonl");
    ResultFile results = ResultFile.create(file, HEADER);
    results.add(result("hello", 1, 80_000));
    results.add(result("burgage-node", 1, 10_000));
    results.add(result("hello", 2, 100_000));
    results.add(result("burgage-node", 2, 40_000));
    results.add(result("burgage-node", 3, 45_000));

    String tables = Tables.render(ResultFile.read(file));

    assertThat(tables)
        .contains("- processors: 2\n", "- fastify: 5.12.8\n", "**operation read**")
        .contains("| hello | 90,000 (×1) | 2 |\n", "| burgage-node | 40,000 (×0.444) | 3 |\n");
  }

  @Test
  void tablesReplaceOnlyWhatIsBetweenTheMarkers() throws IOException {
    Path page = folder.resolve("page.md");
    Files.writeString(page, "before\n<!-- results -->\nold\n<!-- /results -->\nafter\n");
    Tables.writeInto(page, "new\n");
    assertThat(page).hasContent("before\n<!-- results -->\nnew\n<!-- /results -->\nafter\n");
  }

  @Test
  void aPageWithoutMarkersIsRefused() throws IOException {
    Path page = folder.resolve("page.md");
    Files.writeString(page, "text\n");
    assertThatThrownBy(() -> Tables.writeInto(page, "new\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("<!-- results -->");
  }

  private static Result result(String peer, int round, double requestsPerSecond) {
    return new Result(
        "requests", peer, READ, round, Map.of("requestsPerSecond", requestsPerSecond), null);
  }
}
