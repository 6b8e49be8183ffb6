package dev.burgage.migrations.apply;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.Invariant;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tries a set on throw-away databases, on all ways that a tenant can get it: as a template made by
/// Flyway, and applied by [MigrationApplier] at once or one by one. All must make the same schema;
/// where Flyway's parser and SQLite disagree on where a statement ends, they would not.
public final class Trial {
  private final Supplier<Guard> guards;
  private final Duration deadline;

  /// @param guards asked when the first set is tried, so that a start need not wait for it
  /// @param deadline time that the set's scripts may take on each way
  public Trial(Supplier<Guard> guards, Duration deadline) {
    this.guards = guards;
    this.deadline = deadline;
  }

  /// @return the schema after each of the scripts
  /// @throws BurgageException `invalid_migration` if a script fails or the ways differ
  /// @throws UncheckedIOException if there is no room for the throw-away files
  public List<Schema> run(List<MigrationScript> scripts) {
    return inFolder(folder -> {
      run(scripts, folder);
      return oneByOne(scripts, folder);
    });
  }

  /// Asks invariants of the schemas that scripts make, so that a bad one is known before any
  /// tenant's data is asked.
  ///
  /// @param before the set up to the version at which databases are
  /// @param after the set up to the version to which they are brought
  /// @throws BurgageException `invalid_request` for the first that is no SELECT or that SQLite does
  ///   not take
  public void check(
      List<Invariant> invariants, List<MigrationScript> before, List<MigrationScript> after) {
    for (Invariant invariant : invariants) {
      String broken = Invariants.broken(invariant.sql());
      if (broken != null) {
        throw badInvariant(invariant, broken);
      }
    }
    List<Invariant> same =
        invariants.stream().filter(one -> one.expect() == Invariant.Expectation.SAME).toList();
    ask(same, before);
    ask(invariants, after);
  }

  private void ask(List<Invariant> invariants, List<MigrationScript> scripts) {
    inFolder(folder -> {
      try (TemplateSource source = source(folder.resolve("asked.db"))) {
        GuardedConnection connection = source.guarded();
        apply(scripts, connection);
        for (Invariant invariant : invariants) {
          prepare(invariant, connection);
        }
        return null;
      }
    });
  }

  private static void prepare(Invariant invariant, GuardedConnection connection) {
    try {
      connection.as(
          Policy.READER,
          jdbc -> {
            try (PreparedStatement statement = jdbc.prepareStatement(invariant.sql())) {
              if (statement.getParameterMetaData().getParameterCount() > 0) {
                throw badInvariant(invariant, "it has parameters; write the values");
              }
              return null;
            }
          });
    } catch (SQLException e) {
      throw badInvariant(invariant, SqliteMessage.of(e));
    }
  }

  private static BurgageException badInvariant(Invariant invariant, String why) {
    return new BurgageException(
        ErrorCode.INVALID_REQUEST,
        "invariant \"%s\" cannot be asked: %s".formatted(invariant.name(), why));
  }

  /// Something that is tried in a folder.
  @FunctionalInterface
  private interface Attempt<T extends @Nullable Object> {
    T in(Path folder) throws SQLException;
  }

  private static <T extends @Nullable Object> T inFolder(Attempt<T> attempt) {
    try {
      Path folder = Files.createTempDirectory("burgage-trial-");
      try {
        return attempt.in(folder);
      } catch (SQLException e) {
        throw new BurgageException(
            ErrorCode.INTERNAL, "the migrations cannot be tried: " + SqliteMessage.of(e), e);
      } finally {
        remove(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the migrations cannot be tried", e);
    }
  }

  private void run(List<MigrationScript> scripts, Path folder) throws SQLException {
    Guard guard = guards.get();
    try (TemplateSource source = source(folder.resolve("applied.db"))) {
      GuardedConnection connection = source.guarded();
      apply(scripts, connection);
      Path template = folder.resolve("template.db");
      new TemplateBuilder(guard, deadline).build(new Template(Engine.SQLITE, scripts), template);
      try (TemplateSource other = source(template)) {
        compare(connection.as(Policy.TRUSTED, Trial::schema), schema(other.getConnection()));
      }
    }
  }

  /// As databases get them that are brought from version to version.
  private List<Schema> oneByOne(List<MigrationScript> scripts, Path folder) throws SQLException {
    List<Schema> schemas = new ArrayList<>();
    try (TemplateSource source = source(folder.resolve("one-by-one.db"))) {
      GuardedConnection connection = source.guarded();
      for (int i = 1; i <= scripts.size(); i++) {
        apply(scripts.subList(0, i), connection);
        schemas.add(connection.as(Policy.TRUSTED, Schema::read));
      }
    }
    return schemas;
  }

  private TemplateSource source(Path file) {
    return new TemplateSource(guards.get(), file, deadline);
  }

  private static void apply(List<MigrationScript> scripts, GuardedConnection connection) {
    if (new MigrationApplier(scripts).apply(connection) instanceof Outcome.Failed failed) {
      throw new BurgageException(
          ErrorCode.INVALID_MIGRATION, "migration " + failed.failure().error());
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
