package dev.burgage.control.migration;

import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What registering scripts does to a pool's set: a plan, nothing is changed by making one.
///
/// @param added scripts that the set does not have so
/// @param replaced migrations that go: each has an added script of the same version
/// @param result the whole set afterwards, in order
record SetChange(
    List<MigrationScript> added, List<RegisteredMigration> replaced, List<MigrationScript> result) {
  private static final Comparator<MigrationScript> ORDER =
      (one, other) -> MigrationSetReader.compareVersions(one.version(), other.version());

  /// @param current the set as it is
  /// @param wanted checked scripts; migrations that they leave out stay
  /// @throws BurgageException `migration_immutable` if an applied migration would change, or a new
  ///   one would have to run before an applied one
  static SetChange of(List<RegisteredMigration> current, List<MigrationScript> wanted) {
    List<MigrationScript> added = new ArrayList<>();
    List<RegisteredMigration> replaced = new ArrayList<>();
    for (MigrationScript script : wanted) {
      Optional<RegisteredMigration> same =
          current.stream().filter(known -> known.compareVersion(script) == 0).findFirst();
      if (same.isPresent() && same.get().isSame(script)) {
        continue;
      }
      same.ifPresent(known -> replaced.add(checkReplaceable(known, script)));
      checkOrder(current, script);
      added.add(script);
    }
    List<MigrationScript> result = new ArrayList<>(added);
    current.stream()
        .filter(known -> !replaced.contains(known))
        .map(RegisteredMigration::script)
        .forEach(result::add);
    result.sort(ORDER);
    return new SetChange(List.copyOf(added), List.copyOf(replaced), List.copyOf(result));
  }

  boolean isNone() {
    return added.isEmpty();
  }

  private static RegisteredMigration checkReplaceable(
      RegisteredMigration known, MigrationScript script) {
    if (known.isApplied()) {
      throw immutable(
          "version %s is registered as \"%s\" with checksum %d and has been applied; it cannot become \"%s\" with checksum %d. Register a new version instead"
              .formatted(
                  known.script().version(),
                  known.script().script(),
                  known.script().checksum(),
                  script.script(),
                  script.checksum()));
    }
    return known;
  }

  private static void checkOrder(List<RegisteredMigration> current, MigrationScript script) {
    for (RegisteredMigration known : current) {
      if (known.isApplied() && known.compareVersion(script) > 0) {
        throw immutable(
            "\"%s\" comes before version %s, which has been applied; give it a version after that"
                .formatted(script.script(), known.script().version()));
      }
    }
  }

  private static BurgageException immutable(String detail) {
    return new BurgageException(ErrorCode.MIGRATION_IMMUTABLE, detail);
  }
}
