package dev.burgage.migrations.apply;

import dev.burgage.protocol.migration.MigrationScript;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One row of a history.
///
/// @param version null for a repeatable migration, which only a foreign tool can have written
/// @param checksum null where a foreign tool wrote none
record AppliedScript(
    int rank, @Nullable String version, String type, @Nullable Integer checksum, boolean success) {
  private static final String SQL = "SQL";

  /// Why this row is not that of the script, for people; null if it is.
  @Nullable String difference(MigrationScript script) {
    if (!Objects.equals(version, script.version())) {
      return "its history has version %s where the set has %s".formatted(version, script.version());
    }
    if (!success) {
      return "its history says that version %s failed".formatted(version);
    }
    if (!type.equals(SQL)) {
      return "its history has version %s as type %s, not as SQL".formatted(version, type);
    }
    if (!Objects.equals(checksum, script.checksum())) {
      return "version %s was applied with checksum %s, but %s has %d"
          .formatted(version, checksum, script.script(), script.checksum());
    }
    return null;
  }
}
