package dev.burgage.migrations.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StatementReaderTest {
  private static final int LENGTH_MAX = 100_000;

  private static List<String> read(String script) throws IOException {
    var reader = new StatementReader(new StringReader(script), LENGTH_MAX);
    List<String> statements = new ArrayList<>();
    for (String next = reader.next(); next != null; next = reader.next()) {
      statements.add(next);
    }
    return statements;
  }

  @Test
  void statementsEndWhereTheSplitterSeesTheirEnds() throws IOException {
    String script =
        "\uFEFF;; -- first\nSELECT 'a;b'; /* ; */ CREATE TRIGGER r AFTER INSERT ON t BEGIN"
            + " SELECT 1; END;\n\nSELECT 2";

    assertThat(read(script))
        .containsExactly(
            "SELECT 'a;b';", "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END;", "SELECT 2");
    assertThat(read(" -- nothing\n/* at all")).isEmpty();
    assertThat(read("")).isEmpty();
  }

  @Test
  void aScriptLargerThanTheBufferIsReadWhole() throws IOException {
    var random = new Random(7);
    var script = new StringBuilder();
    List<String> wanted = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String statement =
          "INSERT INTO t VALUES (%d, '%s');".formatted(i, "x;é".repeat(random.nextInt(20_000)));
      wanted.add(statement);
      script.append("-- comment ").append("*/".repeat(random.nextInt(50_000))).append('\n');
      script.append(statement).append("/* ").append("--;".repeat(random.nextInt(900_000)));
      script.append(" */\n");
    }

    assertThat(read(script.toString())).isEqualTo(wanted);
  }

  @Test
  void aStatementThatIsTooLongIsRefusedWithoutBeingReadWhole() {
    String endless = "SELECT 1; SELECT '" + "x".repeat(5_000_000);

    assertThatThrownBy(() -> read(endless))
        .isInstanceOf(StatementTooLongException.class)
        .hasMessageContaining("100000");
  }
}
