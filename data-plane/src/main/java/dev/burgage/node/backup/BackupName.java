package dev.burgage.node.backup;

import dev.burgage.protocol.node.Backup.Origin;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A backup as its keys name it, `20261122T132233.123Z-000000000000024c-s-<uuid>`: names sort by
/// time, and say all that retention has to know.
///
/// @param createdAt in milliseconds
/// @param transaction of the state
record BackupName(Instant createdAt, long transaction, Origin origin, UUID id)
    implements Comparable<BackupName> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Pattern TEXT =
      Pattern.compile(
          "(\\d{8}T\\d{6}\\.\\d{3}Z)-([0-9a-f]{16})-([as])-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

  /// @return null if it is none
  static @Nullable BackupName parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    return new BackupName(
        TIME.parse(parts.group(1), Instant::from),
        Long.parseUnsignedLong(parts.group(2), 16),
        parts.group(3).equals("a") ? Origin.ASKED : Origin.SCHEDULED,
        UUID.fromString(parts.group(4)));
  }

  @Override
  public int compareTo(BackupName other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return "%s-%016x-%s-%s"
        .formatted(TIME.format(createdAt), transaction, origin == Origin.ASKED ? "a" : "s", id);
  }
}
