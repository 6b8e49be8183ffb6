package dev.burgage.control.migration;

import dev.burgage.migrations.script.EngineVariant;
import dev.burgage.migrations.script.MigrationSet;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What registering scripts does to a pool's set: a plan, nothing is changed by making one.
///
/// @param added scripts that the pool's engine runs and that the set does not have so
/// @param replaced migrations that go: each has an added script of the same version
/// @param variantsChange whether scripts that are only kept come or go
/// @param result the whole set afterwards
record SetChange(
    List<MigrationScript> added,
    List<RegisteredMigration> replaced,
    boolean variantsChange,
    MigrationSet result) {
  /// @param current the set as it is
  /// @param wanted read scripts; migrations that they leave out stay
  /// @throws BurgageException `migration_immutable` if an applied migration would change, or a new
  ///   one would have to run before an applied one; `invalid_migration` if a new one breaks a rule
  static SetChange of(
      List<RegisteredMigration> current, List<MigrationScript> wanted, Engine engine) {
    List<MigrationScript> all = new ArrayList<>();
    for (RegisteredMigration known : current) {
      all.addAll(merged(known, wanted, engine));
    }
    for (MigrationScript script : wanted) {
      if (current.stream().noneMatch(known -> known.compareVersion(script) == 0)) {
        checkOrder(current, script);
        all.add(script);
      }
    }
    MigrationSet result = MigrationSetReader.choose(all, engine);
    List<MigrationScript> before = current.stream().map(RegisteredMigration::script).toList();
    List<MigrationScript> added =
        result.scripts().stream().filter(script -> !before.contains(script)).toList();
    added.forEach(MigrationSetReader::check);
    Set<MigrationScript> others =
        current.stream().flatMap(known -> known.variants().stream()).collect(Collectors.toSet());
    return new SetChange(
        added,
        current.stream().filter(known -> !result.scripts().contains(known.script())).toList(),
        !others.equals(Set.copyOf(result.others())),
        result);
  }

  boolean isNone() {
    return added.isEmpty() && !variantsChange;
  }

  /// What a version has afterwards. A script of another name takes the place of all that it had.
  private static List<MigrationScript> merged(
      RegisteredMigration known, List<MigrationScript> wanted, Engine engine) {
    List<MigrationScript> merged = new ArrayList<>(known.all());
    String base = EngineVariant.base(known.script().script());
    for (MigrationScript script : wanted) {
      if (known.compareVersion(script) != 0 || merged.stream().anyMatch(one -> same(one, script))) {
        continue;
      }
      if (known.isApplied()) {
        checkAddable(known, script, engine);
      }
      if (EngineVariant.base(script.script()).equals(base)) {
        merged.removeIf(one -> one.script().equals(script.script()));
      } else {
        merged.removeAll(known.all());
      }
      merged.add(script);
    }
    return merged;
  }

  /// Whether both are the same to Flyway: line ends and a byte order mark do not count.
  private static boolean same(MigrationScript one, MigrationScript other) {
    return one.script().equals(other.script()) && one.checksum() == other.checksum();
  }

  /// An applied version may still get a variant for an engine that has none.
  private static void checkAddable(
      RegisteredMigration known, MigrationScript script, Engine engine) {
    String of = EngineVariant.engine(script.script());
    boolean isNew =
        known.all().stream().noneMatch(one -> one.script().equals(script.script()))
            && EngineVariant.base(script.script())
                .equals(EngineVariant.base(known.script().script()));
    if (isNew && !of.isEmpty() && !of.equals(engine.toString())) {
      return;
    }
    throw immutable(
        "version %s is registered as \"%s\" with checksum %d and has been applied; it cannot become \"%s\" with checksum %d. Register a new version instead"
            .formatted(
                known.script().version(),
                known.script().script(),
                known.script().checksum(),
                script.script(),
                script.checksum()));
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
