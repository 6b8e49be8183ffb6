package dev.burgage.control.migration;

import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.migration.MigrationScript;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A migration of a pool.
///
/// @param appliedAt since when some database may have it, or null if none has; from then on it
///   cannot change
record RegisteredMigration(
    MigrationScript script, Instant registeredAt, @Nullable Instant appliedAt) {
  boolean isApplied() {
    return appliedAt != null;
  }

  /// Whether both are the same to Flyway: line ends and a byte order mark do not count.
  boolean isSame(MigrationScript other) {
    return script.script().equals(other.script()) && script.checksum() == other.checksum();
  }

  int compareVersion(MigrationScript other) {
    return MigrationSetReader.compareVersions(script.version(), other.version());
  }
}
