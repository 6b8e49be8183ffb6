package dev.burgage.node.ship;

import dev.burgage.node.log.LogPosition;
import dev.burgage.node.store.Listed;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.NodeName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the store has of logs. Thread-safe.
final class LogObjects {
  static final LogPosition NOWHERE = new LogPosition(0, 0);

  private final ObjectStore store;
  private final Layout layout;

  LogObjects(ObjectStore store, Layout layout) {
    this.store = store;
    this.layout = layout;
  }

  /// One log at one time.
  ///
  /// @param keptFrom what is before it was deleted because nobody could need it
  /// @param keptSecond since 1970: for what is younger nothing that was deleted is needed
  record Found(
      LogName log, List<Slice> slices, List<Stint> stints, LogPosition keptFrom, long keptSecond) {
    /// Where the next slice begins; null if there was none.
    @Nullable LogPosition end() {
      return spans().stream()
          .map(span -> span.name().to())
          .max(Comparator.naturalOrder())
          .orElse(null);
    }

    /// Where the first slice begins that is kept.
    LogPosition begin() {
      LogPosition first =
          spans().stream()
              .map(span -> span.name().from())
              .min(Comparator.naturalOrder())
              .orElse(NOWHERE);
      return first.compareTo(keptFrom) < 0 ? keptFrom : first;
    }

    /// Slices that are whole and count.
    List<Span> spans() {
      Map<Slice.Name, List<Slice>> parts = new LinkedHashMap<>();
      for (Slice slice : slices) {
        if (!Stint.isFencedOff(slice, stints)) {
          parts.computeIfAbsent(slice.name(), _ -> new ArrayList<>()).add(slice);
        }
      }
      return parts.entrySet().stream()
          .filter(entry -> isWhole(entry.getValue()))
          .map(entry -> new Span(entry.getKey(), entry.getValue()))
          .toList();
    }

    private static boolean isWhole(List<Slice> parts) {
      for (int i = 0; i < parts.size(); i++) {
        if (parts.get(i).part() != i || parts.get(i).isLast() != (i == parts.size() - 1)) {
          return false;
        }
      }
      return true;
    }
  }

  /// @param after slices that end behind it
  Found list(LogName log, LogPosition after) throws StoreException {
    List<Slice> slices = new ArrayList<>();
    // From below: what is merged meanwhile is then seen twice and not missed.
    for (int level = 0; level < Slice.LEVELS; level++) {
      String prefix = layout.level(log, level);
      String from = after.equals(NOWHERE) ? "" : prefix + Layout.text(after) + "~";
      all(prefix, from, Slice::parse).forEach(slices::add);
    }
    List<Stint> stints = all(layout.stints(log), "", Stint::parse);
    Kept kept = kept(log);
    return new Found(log, slices, stints, kept.from(), kept.second());
  }

  private record Kept(LogPosition from, long second) {}

  private Kept kept(LogName log) throws StoreException {
    return all(layout.keptFrom(log), "", one -> kept(one.key())).stream()
        .max(Comparator.comparing(Kept::from))
        .orElse(new Kept(NOWHERE, 0));
  }

  private static Kept kept(String key) {
    String[] numbers = key.substring(key.lastIndexOf('/') + 1).split("[.-]", 3);
    return new Kept(Layout.position(numbers[0], numbers[1]), Long.parseLong(numbers[2], 16));
  }

  /// Everything under a prefix, a page at a time.
  <T> List<T> all(String prefix, String after, Function<Listed, @Nullable T> parse)
      throws StoreException {
    List<T> found = new ArrayList<>();
    String last = after;
    while (true) {
      List<Listed> page = store.list(prefix, last, ObjectStore.BATCH_MAX);
      for (Listed listed : page) {
        T parsed = parse.apply(listed);
        if (parsed != null) {
          found.add(parsed);
        }
      }
      if (page.size() < ObjectStore.BATCH_MAX) {
        return found;
      }
      last = page.getLast().key();
    }
  }

  /// Slices that follow each other.
  ///
  /// @param missing what is wrong behind the last of them; null if there is nothing behind it
  record Cover(List<Span> spans, @Nullable ObjectDamagedException missing) {
    void requireWhole() throws ObjectDamagedException {
      if (missing != null) {
        throw missing;
      }
    }
  }

  /// The slices that follow each other from a place on, of each place the most merged.
  Cover cover(Found found, LogPosition from) {
    List<Span> spans = found.spans();
    List<Span> cover = new ArrayList<>();
    LogPosition at = from;
    while (true) {
      Span next = next(spans, at);
      if (next == null) {
        return new Cover(cover, missing(found, spans, at));
      }
      cover.add(next);
      at = next.name().to();
    }
  }

  private static @Nullable Span next(List<Span> spans, LogPosition at) {
    return spans.stream()
        .filter(span -> span.name().from().compareTo(at) <= 0 && span.name().to().compareTo(at) > 0)
        .max(
            Comparator.comparingInt((Span span) -> span.name().level())
                .thenComparing(span -> span.name().to())
                .thenComparingInt(span -> span.name().writer()))
        .orElse(null);
  }

  private @Nullable ObjectDamagedException missing(Found found, List<Span> spans, LogPosition at) {
    LogPosition later =
        spans.stream()
            .map(span -> span.name().from())
            .filter(from -> from.compareTo(at) > 0)
            .min(Comparator.naturalOrder())
            .orElse(null);
    return later == null
        ? null
        : ObjectDamagedException.missing(
            layout.log(found.log()),
            "the slice from %s to %s is missing".formatted(Layout.text(at), Layout.text(later)));
  }

  /// All logs that a node has ever shipped.
  List<LogName> logs(NodeName node) throws StoreException {
    String prefix = layout.node(node.value());
    List<LogName> logs = new ArrayList<>();
    String after = "";
    while (true) {
      List<Listed> next = store.list(prefix, after, 1);
      if (next.isEmpty()) {
        return logs;
      }
      String id = next.getFirst().key().substring(prefix.length()).split("/", 2)[0];
      logs.add(new LogName(node, id));
      after = prefix + id + "/~";
    }
  }

  /// Deletes objects, as many as there are.
  void delete(Stream<String> keys) throws StoreException {
    List<String> all = keys.toList();
    for (int from = 0; from < all.size(); from += ObjectStore.BATCH_MAX) {
      store.delete(all.subList(from, Math.min(all.size(), from + ObjectStore.BATCH_MAX)));
    }
  }
}
