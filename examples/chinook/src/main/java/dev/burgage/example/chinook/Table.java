package dev.burgage.example.chinook;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Lays rows out in columns: numbers to the right, text to the left.
final class Table {
  private static final int CELL_MAX = 40;

  private Table() {}

  static List<String> lines(List<Map<String, @Nullable Object>> rows, char rule) {
    if (rows.isEmpty()) {
      return List.of("(no rows)");
    }
    List<String> names = List.copyOf(rows.getFirst().keySet());
    List<List<String>> cells = new ArrayList<>();
    cells.add(names);
    rows.forEach(row -> cells.add(row.values().stream().map(Table::cell).toList()));
    int[] widths = widths(cells);
    List<Boolean> right = rows.getFirst().values().stream().map(v -> v instanceof Number).toList();

    List<String> lines = new ArrayList<>();
    for (List<String> row : cells) {
      lines.add(
          IntStream.range(0, widths.length)
              .mapToObj(i -> padded(row.get(i), widths[i], right.get(i)))
              .collect(Collectors.joining("  "))
              .stripTrailing());
    }
    lines.add(
        1,
        IntStream.of(widths)
            .mapToObj(w -> String.valueOf(rule).repeat(w))
            .collect(Collectors.joining("  ")));
    return lines;
  }

  private static int[] widths(List<List<String>> cells) {
    int[] widths = new int[cells.getFirst().size()];
    for (List<String> row : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private static String padded(String text, int width, boolean right) {
    String padding = " ".repeat(width - text.length());
    return right ? padding + text : text + padding;
  }

  private static String cell(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case Long number -> String.format(Locale.ROOT, "%,d", number);
      case Double number -> String.format(Locale.ROOT, "%,.2f", number);
      case byte[] bytes -> bytes.length + " bytes";
      default -> cut(value.toString());
    };
  }

  private static String cut(String text) {
    return text.length() > CELL_MAX ? text.substring(0, CELL_MAX - 1) + "…" : text;
  }
}
