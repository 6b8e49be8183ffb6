package dev.burgage.node.ship;

import dev.burgage.node.log.LogPosition;
import dev.burgage.node.store.Listed;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The time in which one process ships a log. A later stint fences off an earlier one: what that
/// ships behind the place where the later one began does not count.
///
/// @param second since 1970 in which it began
record Stint(int number, LogPosition from, long second, String key) {
  private static final Pattern KEY =
      Pattern.compile(".*/stints/([0-9a-f]{8})-([0-9a-f]{16})\\.([0-9a-f]{8})-([0-9a-f]{8})");

  static String key(Layout layout, LogName log, int number, LogPosition from, long second) {
    return layout.stints(log) + "%08x-%s-%08x".formatted(number, Layout.text(from), (int) second);
  }

  static @Nullable Stint parse(Listed listed) {
    Matcher key = KEY.matcher(listed.key());
    return key.matches()
        ? new Stint(
            Integer.parseInt(key.group(1), 16),
            Layout.position(key.group(2), key.group(3)),
            Long.parseLong(key.group(4), 16),
            listed.key())
        : null;
  }

  /// Whether a slice was shipped in a stint that had been succeeded.
  static boolean isFencedOff(Slice slice, List<Stint> stints) {
    return slice.level() == 0
        && stints.stream()
            .anyMatch(
                stint -> stint.number > slice.writer() && stint.from.compareTo(slice.to()) < 0);
  }
}
