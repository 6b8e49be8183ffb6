package dev.burgage.migrations.apply;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.script.NameStyle;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.migration.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.exception.FlywayMigrateException;

/// Makes template files: an empty database to which real Flyway has applied a set. Thread-safe.
public final class TemplateBuilder {
  private final Guard guard;
  private final Duration deadline;

  /// @param deadline time that one template's scripts may take together
  public TemplateBuilder(Guard guard, Duration deadline) {
    this.guard = guard;
    this.deadline = deadline;
  }

  /// Builds the template and puts it at the path in one step, in place of what may be there: one
  /// file in WAL mode, checkpointed and synced, with no `-wal` beside it.
  ///
  /// @throws BurgageException `invalid_migration` if a script fails; its text names script, line
  ///   and what SQLite said
  /// @throws UncheckedIOException if the file cannot be written
  public void build(Template template, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalArgumentException("a template file has a folder; got " + file);
    }
    try {
      Path temporary = Files.createTempFile(folder, ".template-", ".tmp");
      try {
        migrate(template.scripts(), temporary);
        sync(temporary);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
      } finally {
        remove(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the template file " + file + " cannot be written", e);
    }
  }

  private void migrate(List<MigrationScript> scripts, Path file) {
    List<MigrationScript> given = scripts.stream().map(ScriptResources::runnable).toList();
    try (TemplateSource source = new TemplateSource(guard, file, deadline)) {
      Connection connection = source.getConnection();
      run(connection, "PRAGMA journal_mode = WAL");
      TemplateCallback callback = new TemplateCallback(source, withoutForeignKeys(scripts));
      for (List<MigrationScript> part : partsByName(given)) {
        flyway(part, source, callback).migrate();
      }
      List<MigrationScript> changed = new ArrayList<>(scripts);
      changed.removeAll(Set.copyOf(given));
      History.setChecksums(connection, changed);
      run(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (FlywayException e) {
      throw failed(e);
    } catch (SQLException e) {
      throw new BurgageException(
          ErrorCode.INTERNAL, "the template cannot be built: " + SqliteMessage.of(e), e);
    }
  }

  /// Flyway reads names of one style at a time. The set up to each change of style; none has one
  /// part, because the empty template has a history too.
  private static List<List<MigrationScript>> partsByName(List<MigrationScript> scripts) {
    List<List<MigrationScript>> parts = new ArrayList<>();
    for (int i = 1; i <= scripts.size(); i++) {
      if (i == scripts.size() || style(scripts.get(i)) != style(scripts.get(i - 1))) {
        parts.add(scripts.subList(0, i));
      }
    }
    return parts.isEmpty() ? List.of(scripts) : parts;
  }

  private static NameStyle style(MigrationScript script) {
    return NameStyle.of(script.script());
  }

  // Placeholders would let ${…} in a script mean something else here than in MigrationApplier.
  private static Flyway flyway(
      List<MigrationScript> scripts, TemplateSource source, TemplateCallback callback) {
    NameStyle style = scripts.isEmpty() ? NameStyle.FLYWAY : style(scripts.getLast());
    List<MigrationScript> named =
        scripts.stream().filter(script -> style(script) == style).toList();
    return Flyway.configure()
        .dataSource(source)
        .table(History.TABLE)
        .resourceProvider(new ScriptResources(named))
        .sqlMigrationPrefix(style.prefix())
        .sqlMigrationSeparator(style.separator())
        .ignoreMigrationPatterns("*:missing") // those of the other style
        .javaMigrationClassProvider(List::of)
        .skipDefaultCallbacks(true)
        .callbacks(callback)
        .placeholderReplacement(false)
        .load();
  }

  private static Set<String> withoutForeignKeys(List<MigrationScript> scripts) {
    return scripts.stream()
        .filter(ForeignKeys::areOff)
        .map(MigrationScript::script)
        .collect(Collectors.toSet());
  }

  private static BurgageException failed(FlywayException e) {
    String detail =
        e instanceof FlywayMigrateException script
            ? "migration \"%s\", line %d: %s"
                .formatted(script.getMigration().getScript(), script.getLineNumber(), message(e))
            : "the migrations cannot be applied: " + message(e);
    return new BurgageException(ErrorCode.INVALID_MIGRATION, detail, e);
  }

  /// What SQLite said, if it was SQLite.
  private static String message(FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return SqliteMessage.of(sql);
      }
    }
    return String.valueOf(e.getMessage());
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  // The database is closed: nobody holds a lock on the file that closing this channel could drop.
  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void remove(Path temporary) throws IOException {
    for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
      Files.deleteIfExists(temporary.resolveSibling(temporary.getFileName() + suffix));
    }
  }
}
