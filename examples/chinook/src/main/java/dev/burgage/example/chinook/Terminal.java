package dev.burgage.example.chinook;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Where the story is told: one line a step, with its time. Colour only for eyes that want it,
/// signs beyond ASCII only where they can be shown. Not thread-safe.
final class Terminal {
  private static final int TEXT_WIDTH = 92;

  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final boolean colour;
  private final boolean unicode;

  Terminal(PrintStream out, LongSupplier nanoTime, boolean colour) {
    this.out = out;
    this.nanoTime = nanoTime;
    this.colour = colour;
    this.unicode = out.charset().equals(StandardCharsets.UTF_8);
  }

  /// As the environment wants it: https://no-color.org, CLICOLOR_FORCE, TERM=dumb.
  static boolean wantsColour(Map<String, String> environment, boolean isTerminal) {
    if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
      return false;
    }
    String force = environment.getOrDefault("CLICOLOR_FORCE", "");
    if (!force.isEmpty() && !force.equals("0")) {
      return true;
    }
    return isTerminal && !"dumb".equals(environment.get("TERM"));
  }

  void heading(String text) {
    out.println();
    out.println(styled("1", text));
    out.flush();
  }

  void line(String text) {
    out.println("  " + text);
    out.flush();
  }

  /// What a step gave: the text of its line, and a value for the next ones.
  record Told<T>(String text, T value) {}

  /// Does a step and tells it, with the time that it took.
  ///
  /// @param work gives the text of the line
  /// @throws StepFailedException if the step failed, after that was told
  void step(String name, Callable<String> work) {
    stepGiving(name, () -> new Told<>(work.call(), name));
  }

  /// As [#step(String, Callable)], for steps with a result.
  <T> T stepGiving(String name, Callable<Told<T>> work) {
    long start = nanoTime.getAsLong();
    try {
      Told<T> told = work.call();
      done(told.text(), Duration.ofNanos(nanoTime.getAsLong() - start));
      return told.value();
    } catch (Exception e) {
      out.println(
          "  " + styled("31", unicode ? "✗" : "FAILED") + " " + name + ": " + e.getMessage());
      out.flush();
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw e instanceof StepFailedException failed
          ? failed
          : new StepFailedException(name + ": " + e.getMessage(), e);
    }
  }

  private void done(String text, Duration time) {
    String sign = unicode ? "✓" : "ok";
    String padding = " ".repeat(Math.max(1, TEXT_WIDTH - text.length() - sign.length()));
    out.println(
        "  " + styled("32", sign) + " " + text + padding + styled("2", "%10s".formatted(in(time))));
    out.flush();
  }

  /// Rows below a line of column names.
  void table(List<Map<String, @Nullable Object>> rows) {
    for (String line : Table.lines(rows, unicode ? '─' : '-')) {
      out.println("      " + line);
    }
    out.flush();
  }

  /// A time as people read it: three figures or so.
  static String in(Duration time) {
    double millis = time.toNanos() / 1e6;
    if (millis < 9.95) {
      return String.format(Locale.ROOT, "%.1f ms", millis);
    }
    if (millis < 999.5) {
      return String.format(Locale.ROOT, "%.0f ms", millis);
    }
    return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
  }

  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  private String styled(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
