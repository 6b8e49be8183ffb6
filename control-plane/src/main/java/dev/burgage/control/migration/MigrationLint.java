package dev.burgage.control.migration;

import dev.burgage.migrations.lint.Lint;
import dev.burgage.migrations.lint.LintReport;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.migration.MigrationScript;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// What pools' migrations would do, without any of them being registered or run. Thread-safe.
@Component
public class MigrationLint {
  private final Migrations migrations;
  private final Lint lint;

  MigrationLint(Migrations migrations, Lint lint) {
    this.migrations = migrations;
    this.lint = lint;
  }

  /// Of registered migrations.
  ///
  /// @param from the version at which databases are, or null for empty ones
  /// @param to the version to which they are brought, or null for the newest
  /// @throws BurgageException `invalid_request` if there is no such version
  public LintReport registered(PoolName pool, @Nullable String from, @Nullable String to) {
    List<MigrationScript> present = from == null ? List.of() : migrations.upTo(pool, from);
    return lint.of(present, migrations.upTo(pool, to));
  }

  /// Of files that are not registered, to databases that have what is registered.
  ///
  /// @throws BurgageException as registering them would, but for what only running them can tell
  LintReport files(PoolName pool, List<MigrationFile> files) {
    List<RegisteredMigration> current = migrations.list(pool);
    List<MigrationScript> wanted = migrations.change(pool, files).result().scripts();
    List<MigrationScript> present =
        current.stream().map(RegisteredMigration::script).filter(wanted::contains).toList();
    return lint.of(present, wanted);
  }
}
