package dev.burgage.node.ship;

import dev.burgage.node.log.LogPosition;
import dev.burgage.node.store.Listed;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// All pages of a database as of one transaction, in objects of its own.
record Base(Name name, List<ObjectPart> parts) {
  private static final Pattern KEY =
      Pattern.compile(
          ".*/bases/([0-9a-f]{16})-([0-9a-f]{16})-([0-9a-f]{16})/([^/]+)/([^/]+)/"
              + "([0-9a-f]{16})\\.([0-9a-f]{8})-([0-9a-f]{8})-([0-9a-f]{4})([mz])-([0-9a-f]{8})");

  Base {
    parts = List.copyOf(parts);
  }

  /// What its parts have in common.
  ///
  /// @param time of the transaction
  /// @param covers all records of the database before this place of the log are in it
  /// @param writer a random number of who made it
  record Name(
      DatabaseId database,
      long transaction,
      long time,
      long generation,
      LogName log,
      LogPosition covers,
      int writer) {
    String key(Layout layout, int part, boolean isLast, int indexBytes) {
      return layout.bases(database)
          + "%016x-%016x-%016x/%s/%s-%08x-%04x%s-%08x"
              .formatted(
                  transaction,
                  time,
                  generation,
                  log,
                  Layout.text(covers),
                  writer,
                  part,
                  isLast ? "z" : "m",
                  indexBytes);
    }
  }

  long sizeBytes() {
    return parts.stream().mapToLong(ObjectPart::sizeBytes).sum();
  }

  List<String> keys() {
    return parts.stream().map(ObjectPart::key).toList();
  }

  private record Part(Name name, int part, boolean isLast, ObjectPart object) {}

  /// All whole bases of a database, the oldest first.
  static List<Base> list(LogObjects objects, Layout layout, DatabaseId database)
      throws StoreException {
    Map<Name, List<Part>> parts = new LinkedHashMap<>();
    for (Part part : objects.all(layout.bases(database), "", one -> parse(database, one))) {
      parts.computeIfAbsent(part.name(), _ -> new ArrayList<>()).add(part);
    }
    return parts.entrySet().stream()
        .filter(entry -> isWhole(entry.getValue()))
        .map(
            entry -> new Base(entry.getKey(), entry.getValue().stream().map(Part::object).toList()))
        .sorted(
            Comparator.comparingLong((Base base) -> base.name().transaction())
                .thenComparing(base -> base.name().covers()))
        .toList();
  }

  private static boolean isWhole(List<Part> parts) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).part() != i || parts.get(i).isLast() != (i == parts.size() - 1)) {
        return false;
      }
    }
    return true;
  }

  /// A part of a base; null if this is no key of one.
  static @Nullable ObjectPart partOf(DatabaseId database, Listed listed) {
    Part part = parse(database, listed);
    return part == null ? null : part.object();
  }

  private static @Nullable Part parse(DatabaseId database, Listed listed) {
    Matcher key = KEY.matcher(listed.key());
    if (!key.matches()) {
      return null;
    }
    Name name =
        new Name(
            database,
            Long.parseUnsignedLong(key.group(1), 16),
            Long.parseUnsignedLong(key.group(2), 16),
            Long.parseUnsignedLong(key.group(3), 16),
            new LogName(new NodeName(key.group(4)), key.group(5)),
            Layout.position(key.group(6), key.group(7)),
            Integer.parseUnsignedInt(key.group(8), 16));
    return new Part(
        name,
        Integer.parseInt(key.group(9), 16),
        key.group(10).equals("z"),
        new ObjectPart(listed.key(), listed.sizeBytes(), Integer.parseInt(key.group(11), 16)));
  }
}
