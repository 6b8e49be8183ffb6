package dev.burgage.example.chinook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Terminal terminal(Charset charset, boolean colour) {
    return new Terminal(new PrintStream(bytes, true, charset), () -> 0, colour);
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void plainAsciiWhereNothingElseIsWanted() {
    Terminal terminal = terminal(StandardCharsets.US_ASCII, /* colour= */ false);
    terminal.step("x", () -> "it is done");
    terminal.table(List.of(Map.of("name", "a")));
    assertThat(shown())
        .matches("(?s)  ok it is done +0.0 ms\\R      name\\R      ----\\R      a\\R");
  }

  @Test
  void signsAndColourWhereTheyAreWanted() {
    terminal(StandardCharsets.UTF_8, /* colour= */ true).step("x", () -> "it is done");
    assertThat(shown()).startsWith("  \u001b[32m✓\u001b[0m it is done");
  }

  @Test
  void failedStepIsToldAndThrown() {
    Terminal terminal = terminal(StandardCharsets.UTF_8, /* colour= */ false);
    assertThatThrownBy(() ->
            terminal.step(
                "counting",
                () -> {
                  throw new IOException("no route");
                }))
        .isInstanceOf(StepFailedException.class);
    assertThat(shown().strip()).isEqualTo("✗ counting: no route");
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', true, true",
    "1, '', true, false",
    "'', 1, false, true",
    "1, 1, true, false",
    "'', '', false, false",
    "'', 0, false, false"
  })
  void colourFollowsTheCustoms(String noColor, String force, boolean terminal, boolean colour) {
    Map<String, String> environment = Map.of("NO_COLOR", noColor, "CLICOLOR_FORCE", force);
    assertThat(Terminal.wantsColour(environment, terminal)).isEqualTo(colour);
    assertThat(Terminal.wantsColour(Map.of("TERM", "dumb"), true)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"400, 0.4 ms", "9940, 9.9 ms", "9960, 10 ms", "999000, 999 ms", "1500000, 1.5 s"})
  void timesHaveThreeFiguresOrSo(long micros, String text) {
    assertThat(Terminal.in(Duration.ofNanos(micros * 1_000))).isEqualTo(text);
  }

  @Test
  void numbersStandToTheRightAndLongTextIsCut() {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("text", "x".repeat(100));
    row.put("n", 1_234L);
    row.put("price", 0.5);
    row.put("none", null);
    assertThat(Table.lines(List.of(row), '-'))
        .containsExactly(
            "text" + " ".repeat(36) + "      n  price  none",
            "-".repeat(40) + "  -----  -----  ----",
            "x".repeat(39) + "…  1,234   0.50  NULL");
    assertThat(Table.lines(List.of(), '-')).containsExactly("(no rows)");
  }

  @Test
  void optionsAreChecked() {
    assertThat(DemoOptions.parse(List.of()))
        .isEqualTo(new DemoOptions(false, 8787, Path.of(".burgage")));
    assertThat(DemoOptions.parse(List.of("--once", "--port", "0", "--data", "/tmp/x")))
        .isEqualTo(new DemoOptions(true, 0, Path.of("/tmp/x")));
    assertThatThrownBy(() -> DemoOptions.parse(List.of("--prot", "1")))
        .hasMessage("unknown option --prot");
    assertThatThrownBy(() -> DemoOptions.parse(List.of("--port")))
        .hasMessage("--port needs a value");
    assertThatThrownBy(() -> DemoOptions.parse(List.of("--port", "99999")))
        .hasMessageContaining("got 99999");
  }
}
