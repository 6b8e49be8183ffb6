package dev.burgage.node.ship;

import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes one slice of several. Every byte that goes in is proven, so that damage is found before
/// its origin is deleted. Thread-safe.
final class Merger {
  private final ObjectStore store;
  private final Layout layout;
  private final ShipSettings settings;

  Merger(ObjectStore store, Layout layout, ShipSettings settings) {
    this.store = store;
    this.layout = layout;
    this.settings = settings;
  }

  /// @param writer a random number: nothing that an attempt before left is taken for a part
  /// @return how many bytes of records each database had, of those with many
  Map<DatabaseId, Long> write(LogName log, Merge merge, int writer, long manyBytes)
      throws IOException {
    Slice.Name name = merge.name(writer);
    RunWriter out =
        new RunWriter(
            settings.objectBytesMax(),
            (part, isLast, first, index) -> name.key(layout, log, part, isLast, first, index),
            store::put);
    List<SpanCursor> cursors = new ArrayList<>();
    merge.spans().forEach(span -> cursors.add(new SpanCursor(store, span)));
    Map<DatabaseId, Long> large = new HashMap<>();
    Collapse collapse =
        merge.level() == Merge.COLLAPSED ? new Collapse(out, settings.objectBytesMax() / 2) : null;
    for (DatabaseId database = first(cursors); database != null; database = first(cursors)) {
      long bytes = copy(database, cursors, out, collapse);
      if (bytes >= manyBytes) {
        large.put(database, bytes);
      }
    }
    out.finish();
    return large;
  }

  private static @Nullable DatabaseId first(List<SpanCursor> cursors) throws IOException {
    DatabaseId first = null;
    for (SpanCursor cursor : cursors) {
      Run next = cursor.peek();
      if (next != null && (first == null || next.database().compareTo(first) < 0)) {
        first = next.database();
      }
    }
    return first;
  }

  private static long copy(
      DatabaseId database, List<SpanCursor> cursors, RunWriter out, @Nullable Collapse collapse)
      throws IOException {
    long bytes = 0;
    for (SpanCursor cursor : cursors) {
      for (Run run = cursor.peek();
          run != null && run.database().equals(database);
          run = cursor.peek()) {
        bytes += run.length();
        boolean isCollapsed = run.isCollapsed();
        if (collapse == null) {
          cursor.readHeads((record, own) -> out.add(record, own, isCollapsed));
        } else {
          cursor.read((record, own) -> collapse.add(record, own, isCollapsed));
        }
      }
    }
    if (collapse != null) {
      collapse.endDatabase();
    }
    return bytes;
  }
}
