package dev.burgage.node.engine;

import dev.burgage.d1.D1Transport.StatementResult;
import dev.burgage.node.engine.Work.Step;
import dev.burgage.node.log.TestDisk;
import dev.burgage.node.memory.RequestMemory;
import dev.burgage.node.sql.Script;
import dev.burgage.node.sql.Scripts;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Limits;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One database `t.db` with a table `t(id, v)` and its log, in a folder of their own.
final class LoggedDatabase implements AutoCloseable {
  private static final DatabaseIdentity IDENTITY =
      new DatabaseIdentity(new DatabaseId(new UUID(1, 2)), 1);

  private final Path folder;
  private final Path file;
  private final TestEngine engine;
  private final SqliteDatabase database;
  private final Scripts scripts = new Scripts(100_000);
  private final RequestMemory memory = new RequestMemory(10_000_000, 100_000);

  /// Opens what is there, or makes it.
  LoggedDatabase(Path folder, TestDisk disk) throws IOException, SQLException {
    this.folder = folder;
    file = folder.resolve("t.db");
    if (!Files.exists(file)) {
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
          var statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode=WAL");
        statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
      }
    }
    engine = new TestEngine(folder, disk);
    database = new SqliteDatabase(file, IDENTITY, Limits.DEFAULT, engine.settings());
  }

  Path folder() {
    return folder;
  }

  Path file() {
    return file;
  }

  Path wal() {
    return file.resolveSibling("t.db-wal");
  }

  SqliteDatabase database() {
    return database;
  }

  List<StatementResult> run(String sql, @Nullable Object... parameters) {
    Script script = scripts.admit(sql);
    Work work =
        new Work(
            List.of(new Step(script, Arrays.asList(parameters))),
            script.access(),
            /* mayWrite= */ true,
            System.nanoTime() + TimeUnit.SECONDS.toNanos(20),
            memory.share());
    return database.run(work, CollectedResults::new).sink().results();
  }

  /// Runs a statement so often, as one load.
  void load(String sql, int times) {
    Script script = scripts.admit(sql);
    var left = new AtomicInteger(times);
    database.load(() -> left.getAndDecrement() > 0 ? script : null);
  }

  String text(String sql) {
    return String.valueOf(run(sql).getFirst().rows().getFirst().getFirst());
  }

  /// As if the process had been killed now: copies all files as they are, in another process,
  /// because who copies a database in this one drops SQLite's locks on it. The log comes first: a
  /// checkpoint that begins meanwhile must not be in a log whose database was copied before it.
  static void copy(Path from, Path to) throws IOException, InterruptedException {
    Files.createDirectories(to);
    Path log = from.resolve("log");
    List<String> rest = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        if (!file.equals(log)) {
          rest.add(file.toString());
        }
      }
    }
    cp(List.of(log.toString()), to);
    cp(rest, to);
  }

  private static void cp(List<String> files, Path to) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("cp", "-a"));
    command.addAll(files);
    command.add(to.toString());
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IOException("not copied");
    }
  }

  @Override
  public void close() {
    database.close();
    engine.close();
  }
}
