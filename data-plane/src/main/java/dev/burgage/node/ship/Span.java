package dev.burgage.node.ship;

import dev.burgage.protocol.DatabaseId;
import java.util.List;

/// A slice with all its parts.
record Span(Slice.Name name, List<Slice> parts) {
  Span {
    parts = List.copyOf(parts);
  }

  /// The parts that may have runs of a database.
  List<Slice> partsWith(DatabaseId database) {
    int from = 0;
    int to = 0;
    for (Slice part : parts) {
      int order = part.first().compareTo(database);
      if (order < 0) {
        from = part.part();
      }
      if (order <= 0) {
        to = part.part() + 1;
      }
    }
    return parts.subList(from, Math.max(from, to));
  }

  List<String> keys() {
    return parts.stream().map(part -> part.object().key()).toList();
  }
}
