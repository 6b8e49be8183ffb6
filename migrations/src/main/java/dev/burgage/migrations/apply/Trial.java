package dev.burgage.migrations.apply;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.migration.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Tries a set on throw-away databases, on both ways that a tenant can get it: as a template made
/// by Flyway, and applied by [MigrationApplier]. Both must make the same schema; where Flyway's
/// parser and SQLite disagree on where a statement ends, they would not.
public final class Trial {
  private final Supplier<Guard> guards;
  private final Duration deadline;

  /// @param guards asked when the first set is tried, so that a start need not wait for it
  /// @param deadline time that the set's scripts may take on each way
  public Trial(Supplier<Guard> guards, Duration deadline) {
    this.guards = guards;
    this.deadline = deadline;
  }

  /// @throws BurgageException `invalid_migration` if a script fails or the two ways differ
  /// @throws UncheckedIOException if there is no room for the throw-away files
  public void run(List<MigrationScript> scripts) {
    try {
      Path folder = Files.createTempDirectory("burgage-trial-");
      try {
        run(scripts, folder);
      } finally {
        remove(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the migrations cannot be tried", e);
    }
  }

  private void run(List<MigrationScript> scripts, Path folder) {
    Guard guard = guards.get();
    Path applied = folder.resolve("applied.db");
    try (TemplateSource source = new TemplateSource(guard, applied, deadline)) {
      GuardedConnection connection = source.guarded();
      if (new MigrationApplier(scripts).apply(connection) instanceof Outcome.Failed failed) {
        throw new BurgageException(
            ErrorCode.INVALID_MIGRATION, "migration " + failed.failure().error());
      }
      Path template = folder.resolve("template.db");
      new TemplateBuilder(guard, deadline).build(new Template(Engine.SQLITE, scripts), template);
      try (TemplateSource other = new TemplateSource(guard, template, deadline)) {
        compare(connection.as(Policy.TRUSTED, Trial::schema), schema(other.getConnection()));
      }
    } catch (SQLException e) {
      throw new BurgageException(
          ErrorCode.INTERNAL, "the migrations cannot be tried: " + SqliteMessage.of(e), e);
    }
  }

  private static void compare(Set<String> applied, Set<String> template) {
    if (applied.equals(template)) {
      return;
    }
    TreeSet<String> differing = new TreeSet<>(applied);
    differing.removeAll(template);
    Set<String> others = new TreeSet<>(template);
    others.removeAll(applied);
    differing.addAll(others);
    throw new BurgageException(
        ErrorCode.INVALID_MIGRATION,
        "the migrations make another schema when Flyway runs them; simplify the statement of: "
            + differing.getFirst());
  }

  private static Set<String> schema(Connection connection) throws SQLException {
    Set<String> schema = new TreeSet<>();
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT type, name, tbl_name, sql FROM sqlite_schema");
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        schema.add(
            "%s %s on %s: %s"
                .formatted(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
      }
    }
    return schema;
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
