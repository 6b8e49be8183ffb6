package dev.burgage.control.migration;

import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.migration.MigrationScript;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A migration of a pool.
///
/// @param appliedAt since when some database may have it, or null if none has; from then on it
///   cannot change
/// @param variants of the same version that the pool's engine does not run; as immutable
record RegisteredMigration(
    MigrationScript script,
    Instant registeredAt,
    @Nullable Instant appliedAt,
    List<MigrationScript> variants) {
  RegisteredMigration {
    variants = List.copyOf(variants);
  }

  boolean isApplied() {
    return appliedAt != null;
  }

  /// The script and its variants.
  List<MigrationScript> all() {
    return Stream.concat(Stream.of(script), variants.stream()).toList();
  }

  int compareVersion(MigrationScript other) {
    return MigrationSetReader.compareVersions(script.version(), other.version());
  }
}
