package dev.burgage.node.transfer;

import dev.burgage.migrations.apply.History;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.engine.SqliteCopy;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.engine.StatementFailedException;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.DatabaseFacts;
import dev.burgage.protocol.node.Restored;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Copies of databases on this node's disk: `backups/<database>/<id>-<millis>-<tables>.db`, the
/// newest of each database up to a number. They are SQLite files that nobody has open but while
/// they are restored. Thread-safe.
public final class Backups {
  private static final Pattern NAME = Pattern.compile("([0-9a-f-]{36})-([0-9]+)-([0-9]+)\\.db");
  private static final int OF_ONE_DATABASE_MAX = 24;
  private static final String COUNT_TABLES =
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
          + " AND name NOT GLOB '_cf_*'";

  private final Path folder;
  private final Path temporary;
  private final OpenDatabases databases;
  private final ExecutorService workers;
  private final Clock clock;

  /// @param data the node's data folder
  /// @param workers with a bounded queue; SQLite holds a thread for as long as it copies
  public Backups(Path data, OpenDatabases databases, ExecutorService workers, Clock clock)
      throws IOException {
    this.folder = Files.createDirectories(data.resolve("backups"));
    this.temporary = Files.createDirectories(data.resolve("tmp"));
    this.databases = databases;
    this.workers = workers;
    this.clock = clock;
  }

  private record Copy(Path path, Backup backup) {}

  /// Copies the database as it is now, without holding up anybody. The oldest copy beyond the
  /// number goes.
  public Backup make(Binding binding) throws IOException {
    UUID id = UUID.randomUUID();
    Path partial = temporary.resolve("backup-" + id);
    try {
      int tables =
          on(binding, database -> database.apart("(a backup)", copy -> copyTo(copy, partial)));
      Instant now = Instant.ofEpochMilli(clock.millis());
      Path of = Files.createDirectories(folder.resolve(binding.database().toString()));
      String name = "%s-%d-%d.db".formatted(id, now.toEpochMilli(), tables);
      Files.move(partial, of.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      for (Copy old : copies(binding.database()).stream().skip(OF_ONE_DATABASE_MAX).toList()) {
        Files.deleteIfExists(old.path());
      }
      return new Backup(id, now, tables, Files.size(of.resolve(name)));
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  // VACUUM INTO and not the backup API, which begins anew whenever somebody writes.
  private static int copyTo(Connection connection, Path target) throws SQLException {
    try (PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
      vacuum.setString(1, target.toString());
      vacuum.execute();
    }
    return (int) number(connection, COUNT_TABLES);
  }

  /// The newest first.
  public List<Backup> list(Binding binding) throws IOException {
    return copies(binding.database()).stream().map(Copy::backup).toList();
  }

  /// What there is to know of a database without knowing its content.
  public DatabaseFacts facts(Binding binding) {
    // Here, not among the workers: it takes a millisecond and must not wait for copies.
    try (OpenDatabases.Borrowed borrowed = databases.borrow(binding)) {
      SqliteDatabase database = borrowed.database();
      return database.apart(
          "(a look at its size)",
          connection ->
              new DatabaseFacts(
                  (number(connection, "PRAGMA page_count")
                          - number(connection, "PRAGMA freelist_count"))
                      * number(connection, "PRAGMA page_size"),
                  (int) number(connection, COUNT_TABLES),
                  database.bookmarkText(),
                  History.currentVersion(connection)));
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /// Puts a copy in the database's place, in one transaction: those who read see the one or the
  /// other.
  public Restored restore(Binding binding, UUID id) throws IOException {
    Path copy = path(binding, id);
    return on(
        binding,
        database -> {
          String before = database.bookmarkText();
          Optional<String> version =
              database.exclusively(connection -> Optional.ofNullable(overwrite(connection, copy)));
          return new Restored(before, database.bookmarkText(), version.orElse(null));
        });
  }

  private static @Nullable String overwrite(GuardedConnection guarded, Path copy)
      throws SQLException {
    return guarded.as(
        Policy.TRUSTED,
        connection -> {
          int code =
              connection.getDatabase().restore("main", copy.toString(), /* observer= */ null);
          SqliteCopy.require(code, "restored");
          return History.currentVersion(connection);
        });
  }

  /// The file of a copy.
  ///
  /// @throws BurgageException `not_found`
  public Path path(Binding binding, UUID id) throws IOException {
    return copies(binding.database()).stream()
        .filter(copy -> copy.backup().id().equals(id))
        .findFirst()
        .map(Copy::path)
        .orElseThrow(() ->
            new BurgageException(
                ErrorCode.NOT_FOUND, "This node has no backup %s of the database.".formatted(id)));
  }

  private List<Copy> copies(DatabaseId database) throws IOException {
    List<Copy> copies = new ArrayList<>();
    Path of = folder.resolve(database.toString());
    if (Files.exists(of)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(of)) {
        for (Path file : files) {
          Matcher name = NAME.matcher(file.getFileName().toString());
          if (name.matches()) {
            copies.add(copy(file, name));
          }
        }
      }
    }
    copies.sort(Comparator.comparing((Copy copy) -> copy.backup().createdAt()).reversed());
    return copies;
  }

  private static Copy copy(Path file, Matcher name) throws IOException {
    return new Copy(
        file,
        new Backup(
            UUID.fromString(name.group(1)),
            Instant.ofEpochMilli(Long.parseLong(name.group(2))),
            Integer.parseInt(name.group(3)),
            Files.size(file)));
  }

  /// Deletes all copies of a database that goes.
  public void delete(DatabaseId database) throws IOException {
    for (Copy copy : copies(database)) {
      Files.deleteIfExists(copy.path());
    }
    Files.deleteIfExists(folder.resolve(database.toString()));
  }

  private <T> T on(Binding binding, Function<SqliteDatabase, T> task) {
    Supplier<T> work =
        () -> {
          try (OpenDatabases.Borrowed borrowed = databases.borrow(binding)) {
            return task.apply(borrowed.database());
          }
        };
    try {
      return CompletableFuture.supplyAsync(work, workers).join();
    } catch (RejectedExecutionException e) {
      throw new BurgageException(ErrorCode.OVERLOADED, "The node has too many copies waiting.", e);
    } catch (CompletionException e) {
      throw switch (e.getCause()) {
        case StatementFailedException failure ->
            new BurgageException(failure.code(), String.valueOf(failure.getMessage()), failure);
        case RuntimeException failure -> failure;
        case null, default -> e;
      };
    }
  }
}
