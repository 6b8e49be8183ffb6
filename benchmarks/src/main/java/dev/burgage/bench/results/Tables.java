package dev.burgage.bench.results;

import dev.burgage.bench.results.TableSpec.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Markdown tables from a results file, and their place in a page: between the lines `<!-- results
/// -->` and `<!-- /results -->`, so that the page's own text stays.
public final class Tables {
  private static final String OPEN = "<!-- results -->\n";
  private static final String CLOSE = "<!-- /results -->";

  private Tables() {}

  /// Puts the tables into the page, which must have the two marker lines.
  public static void writeInto(Path page, String tables) throws IOException {
    String text = Files.readString(page);
    int open = text.indexOf(OPEN);
    int close = text.indexOf(CLOSE);
    if (open < 0 || close < open) {
      throw new IOException(
          "%s must have the lines %s and %s".formatted(page, OPEN.strip(), CLOSE));
    }
    Files.writeString(
        page, text.substring(0, open + OPEN.length()) + tables + text.substring(close));
  }

  public static String render(ResultFile.Content content) {
    var text = new StringBuilder();
    header(text, content.header());
    var medians = new Medians(content.results());
    for (TableSpec spec : TableSpec.ALL) {
      List<Map<String, String>> cells = medians.cells(spec.scenario());
      if (!cells.isEmpty()) {
        text.append("\n### ").append(spec.title()).append("\n");
        text.append("\nRatios are to *").append(spec.baseline()).append("* of the same table.\n");
      }
      for (Map<String, String> cell : cells) {
        table(text, spec, cell, medians.rows(spec.scenario(), cell));
      }
    }
    return text.toString();
  }

  private static void header(StringBuilder text, RunHeader header) {
    text.append("Run of ").append(header.startedAt()).append(" by `");
    text.append(header.command()).append("`.\n\n");
    header.machine().forEach((name, value) -> item(text, name, value));
    header.versions().forEach((name, value) -> item(text, name, value));
  }

  private static void item(StringBuilder text, String name, String value) {
    text.append("- ").append(name).append(": ").append(value).append("\n");
  }

  private static void table(
      StringBuilder text, TableSpec spec, Map<String, String> cell, List<Medians.Row> rows) {
    List<Column> columns =
        spec.columns().stream()
            .filter(c -> rows.stream().anyMatch(row -> row.figures().containsKey(c.figure())))
            .toList();
    text.append("\n**").append(TableSpec.describe(cell)).append("**\n\n| peer |");
    columns.forEach(column -> text.append(' ').append(column.heading()).append(" |"));
    text.append(" rounds |\n|---|").append("--:|".repeat(columns.size() + 1)).append("\n");
    Optional<Medians.Row> baseline = Medians.find(rows, spec.baseline());
    for (Medians.Row row : rows) {
      text.append("| ").append(row.peer()).append(" |");
      for (Column column : columns) {
        text.append(' ').append(figure(row, column, baseline)).append(" |");
      }
      text.append(' ').append(row.rounds()).append(" |\n");
    }
  }

  private static String figure(Medians.Row row, Column column, Optional<Medians.Row> baseline) {
    Double value = row.figures().get(column.figure());
    if (value == null) {
      return "";
    }
    String absolute = number(value / column.scale());
    Double base =
        column.ratio() ? baseline.map(b -> b.figures().get(column.figure())).orElse(null) : null;
    return base == null || base == 0 ? absolute : absolute + " (×" + number(value / base) + ")";
  }

  /// Three significant digits, whole numbers with thousands separated.
  static String number(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) || size >= 100) {
      return String.format(Locale.ROOT, "%,d", Math.round(value));
    }
    if (size >= 10) {
      return String.format(Locale.ROOT, "%.1f", value);
    }
    return String.format(Locale.ROOT, size >= 1 ? "%.2f" : "%.3f", value);
  }
}
