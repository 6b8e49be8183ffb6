package dev.burgage.node.backup;

import dev.burgage.protocol.node.Backup.Origin;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which backups of a database have had their time. Pure.
///
/// @param settings say how long which are kept
record Retention(BackupSettings settings) {
  /// What is to be done.
  ///
  /// @param next when one of those that stay will have had its time; [Instant#MAX] if none will
  ///   before another is made
  record Due(List<BackupName> expired, Instant next) {
    Due {
      expired = List.copyOf(expired);
    }
  }

  /// The newest always stays.
  ///
  /// @param names the oldest first
  Due at(Instant now, List<BackupName> names) {
    List<BackupName> expired = new ArrayList<>();
    Set<LocalDate> days = new HashSet<>();
    Instant next = Instant.MAX;
    for (int i = names.size() - 1; i >= 0; i--) {
      BackupName name = names.get(i);
      boolean isOfItsDay =
          name.origin() == Origin.ASKED
              || days.add(LocalDate.ofInstant(name.createdAt(), ZoneOffset.UTC));
      if (i == names.size() - 1) {
        continue;
      }
      Instant end = name.createdAt().plus(isOfItsDay ? settings.window() : settings.everyOne());
      if (end.isAfter(now)) {
        next = end.isBefore(next) ? end : next;
      } else {
        expired.add(name);
      }
    }
    return new Due(expired, next);
  }
}
