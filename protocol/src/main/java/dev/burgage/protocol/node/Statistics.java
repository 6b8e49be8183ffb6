package dev.burgage.protocol.node;

import dev.burgage.protocol.DatabaseId;
import java.util.Comparator;
import java.util.List;

/// Answer to [StatisticsOrder]: the figures of a node, within what it remembers. Rows read and
/// written are estimates, as in `meta`.
public record Statistics(List<OfStatement> statements, List<OfHour> hours) {
  public Statistics {
    statements = List.copyOf(statements);
    hours = List.copyOf(hours);
  }

  /// What one statement has cost in one database.
  ///
  /// @param statement with `?` for its literals
  public record OfStatement(
      DatabaseId database,
      String statement,
      long count,
      double durationMillis,
      long rowsRead,
      long rowsWritten,
      long rowsReturned) {
    double figure(StatisticsOrder.Figure figure) {
      return switch (figure) {
        case COUNT -> count;
        case DURATION -> durationMillis;
        case ROWS_READ -> rowsRead;
        case ROWS_WRITTEN -> rowsWritten;
        case ROWS_RETURNED -> rowsReturned;
      };
    }
  }

  /// What all databases that were asked for did in one hour.
  ///
  /// @param hour in hours since 1970
  public record OfHour(
      long hour, long readQueries, long writeQueries, long rowsRead, long rowsWritten) {}

  /// How an order wants statements sorted.
  public static Comparator<OfStatement> by(StatisticsOrder order) {
    boolean average = order.average() && order.orderBy() != StatisticsOrder.Figure.COUNT;
    Comparator<OfStatement> ascending =
        Comparator.comparingDouble(
            statement -> statement.figure(order.orderBy()) / (average ? statement.count() : 1));
    return order.descending() ? ascending.reversed() : ascending;
  }
}
