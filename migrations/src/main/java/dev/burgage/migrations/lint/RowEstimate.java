package dev.burgage.migrations.lint;

import java.util.List;
import java.util.Map;

/// How many rows a statement touches in one database, if its tables have as many as is said.
public record RowEstimate(Touch touch, long rows) {
  /// @param rowsOfTables by the table's name in lower case; tables that are missing count as empty
  public static List<RowEstimate> of(List<Touch> touches, Map<String, Long> rowsOfTables) {
    return touches.stream()
        .map(touch ->
            new RowEstimate(
                touch,
                touch.tables().stream()
                    .mapToLong(table -> rowsOfTables.getOrDefault(table, 0L))
                    .sum()))
        .toList();
  }
}
