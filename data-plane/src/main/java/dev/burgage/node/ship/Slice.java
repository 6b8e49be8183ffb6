package dev.burgage.node.ship;

import dev.burgage.node.log.LogPosition;
import dev.burgage.node.store.Listed;
import dev.burgage.protocol.DatabaseId;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An object with what a log has between two places, or a part of that, by what its key says. Its
/// runs are in the order of databases.
///
/// @param level 0 as shipped, 1 of a minute, 2 of an hour, 3 of a day and collapsed
/// @param second since 1970: no record before the end of this slice is younger
/// @param writer the stint that shipped it, or a random number of who merged it
/// @param part of the slice, from 0
/// @param isLast whether there is no further part
/// @param first database in it
record Slice(
    int level,
    LogPosition from,
    LogPosition to,
    long second,
    int writer,
    int part,
    boolean isLast,
    DatabaseId first,
    ObjectPart object) {
  static final DatabaseId NO_DATABASE = new DatabaseId(new UUID(0, 0));
  static final int LEVELS = 4;
  private static final Pattern KEY =
      Pattern.compile(
          ".*/l([0-3])/([0-9a-f]{16})\\.([0-9a-f]{8})-([0-9a-f]{16})\\.([0-9a-f]{8})-([0-9a-f]{8})"
              + "-([0-9a-f]{8})-([0-9a-f]{4})([mz])-([0-9a-f]{16})([0-9a-f]{16})-([0-9a-f]{8})");

  /// What all parts of a slice have in common.
  record Name(int level, LogPosition from, LogPosition to, long second, int writer) {
    /// The end comes first: a list from a place on then begins with the slice that has it.
    String key(
        Layout layout, LogName log, int part, boolean isLast, DatabaseId first, int indexBytes) {
      UUID id = first.value();
      return layout.level(log, level)
          + "%s-%s-%08x-%08x-%04x%s-%016x%016x-%08x"
              .formatted(
                  Layout.text(to),
                  Layout.text(from),
                  (int) second,
                  writer,
                  part,
                  isLast ? "z" : "m",
                  id.getMostSignificantBits(),
                  id.getLeastSignificantBits(),
                  indexBytes);
    }
  }

  Name name() {
    return new Name(level, from, to, second, writer);
  }

  /// @return null if this is no slice's key
  static @Nullable Slice parse(Listed listed) {
    Matcher key = KEY.matcher(listed.key());
    if (!key.matches()) {
      return null;
    }
    UUID first =
        new UUID(
            Long.parseUnsignedLong(key.group(10), 16), Long.parseUnsignedLong(key.group(11), 16));
    return new Slice(
        Integer.parseInt(key.group(1)),
        Layout.position(key.group(4), key.group(5)),
        Layout.position(key.group(2), key.group(3)),
        Long.parseLong(key.group(6), 16),
        Integer.parseUnsignedInt(key.group(7), 16),
        Integer.parseInt(key.group(8), 16),
        key.group(9).equals("z"),
        new DatabaseId(first),
        new ObjectPart(listed.key(), listed.sizeBytes(), Integer.parseInt(key.group(12), 16)));
  }
}
