package dev.burgage.node.log;

import java.util.List;

/// A transaction of a database that is whole in the log.
///
/// @param end the record that ends it, with its pages
/// @param parts where the records before that one are, in their order
public record LoggedTransaction(LogRecord end, List<LogPosition> parts) {
  public LoggedTransaction {
    parts = List.copyOf(parts);
  }
}
