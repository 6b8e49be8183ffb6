package dev.burgage.bench.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;

/// Equal SQLite files, migrated as people do it by hand: a loop of stock Flyway over all files, or
/// the bare statements by JDBC (one transaction a file, no history: the floor).
final class FlywayPool {
  /// Migrates a file of a folder to a version.
  private interface Migration {
    void apply(Path file, int version) throws SQLException;
  }

  /// @param command folder, count (databases); version 1 is applied to each by copying
  Map<String, Object> create(Command command) throws IOException, SQLException {
    Path folder = Path.of(command.folder());
    Path scripts = Files.createDirectories(folder.resolve("sql"));
    for (int version = 1; version <= command.version(); version++) {
      Files.writeString(scripts.resolve(PoolSchema.scriptName(version)), PoolSchema.sql(version));
    }
    Path template = folder.resolve("template.db");
    try (Connection connection = connect(template);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
    }
    flyway(template, 1);
    for (int i = 0; i < command.count(); i++) {
      Files.copy(template, folder.resolve("tenant-%05d.db".formatted(i)));
    }
    return Map.of();
  }

  /// @param command folder, kind, threads, version
  Map<String, Object> migrate(Command command)
      throws IOException, InterruptedException, ExecutionException, SQLException {
    List<Path> files = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(Path.of(command.folder()), "tenant-*.db")) {
      entries.forEach(files::add);
    }
    Migration migration = command.kind().equals("flyway") ? this::flyway : this::bare;
    long start = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(command.threads())) {
      List<Future<Integer>> parts = new ArrayList<>();
      for (int part = 0; part < command.threads(); part++) {
        parts.add(threads.submit(part(files, part, command, migration)));
      }
      for (Future<Integer> part : parts) {
        part.get();
      }
    }
    long elapsed = System.nanoTime() - start;
    check(files, command.version());
    return Map.of("databases", files.size(), "elapsedNanos", elapsed);
  }

  private static Callable<Integer> part(
      List<Path> files, int part, Command command, Migration migration) {
    return () -> {
      int done = 0;
      for (int i = part; i < files.size(); i += command.threads()) {
        migration.apply(files.get(i), command.version());
        done++;
      }
      return done;
    };
  }

  private void flyway(Path file, int version) {
    Flyway.configure()
        .dataSource(url(file), null, null)
        .locations("filesystem:" + file.resolveSibling("sql"))
        .target(MigrationVersion.fromVersion(Integer.toString(version)))
        .load()
        .migrate();
  }

  private void bare(Path file, int version) throws SQLException {
    try (Connection connection = connect(file);
        Statement statement = connection.createStatement()) {
      int from = PoolSchema.version(statement);
      statement.execute("BEGIN IMMEDIATE");
      for (int next = from + 1; next <= version; next++) {
        for (String sql : PoolSchema.statements(next)) {
          statement.execute(sql);
        }
      }
      statement.execute("COMMIT");
    }
  }

  private static void check(List<Path> files, int version) throws SQLException {
    try (Connection connection = connect(files.getLast());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM t" + version)) {
      if (row.getInt(1) != 1) {
        throw new SQLException("the last database is not at version " + version);
      }
    }
  }

  private static Connection connect(Path file) throws SQLException {
    return DriverManager.getConnection(url(file));
  }

  private static String url(Path file) {
    return "jdbc:sqlite:" + file;
  }
}
