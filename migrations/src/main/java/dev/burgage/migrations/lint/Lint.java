package dev.burgage.migrations.lint;

import dev.burgage.migrations.apply.MigrationApplier;
import dev.burgage.migrations.apply.Outcome;
import dev.burgage.migrations.apply.ThrowAway;
import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// Looks at migrations before anything runs: a throw-away database is brought to the version at
/// which databases are, then each new statement is explained and run there, and the schema is
/// compared before and after. Thread-safe.
public final class Lint {
  private final Supplier<Guard> guards;
  private final Duration deadline;

  /// @param guards asked at each report
  /// @param deadline time that the scripts of one report may take
  public Lint(Supplier<Guard> guards, Duration deadline) {
    this.guards = guards;
    this.deadline = deadline;
  }

  /// @param present the set up to the version at which databases are
  /// @param wanted the whole set up to the version to which they are to be brought, in order
  /// @throws BurgageException `invalid_migration` if the present scripts fail
  public LintReport of(List<MigrationScript> present, List<MigrationScript> wanted) {
    List<MigrationScript> added =
        wanted.stream()
            .filter(
                script -> present.stream().noneMatch(old -> old.version().equals(script.version())))
            .toList();
    try (ThrowAway database = ThrowAway.inMemory(guards.get(), deadline)) {
      Outcome outcome = new MigrationApplier(present).apply(database.connection());
      if (outcome instanceof Outcome.Failed failed) {
        throw new BurgageException(
            ErrorCode.INVALID_MIGRATION, "migration " + failed.failure().error());
      }
      return database
          .connection()
          .as(Policy.TRUSTED, jdbc -> new LintRun(database.connection()).report(added));
    } catch (SQLException e) {
      throw new BurgageException(ErrorCode.INTERNAL, "the migrations cannot be looked at", e);
    }
  }
}
