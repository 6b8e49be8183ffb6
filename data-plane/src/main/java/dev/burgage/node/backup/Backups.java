package dev.burgage.node.backup;

import dev.burgage.migrations.apply.History;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.engine.SqliteCopy;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.engine.StatementFailedException;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.Backup.Origin;
import dev.burgage.protocol.node.DatabaseFacts;
import dev.burgage.protocol.node.Restored;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The backups of the databases of this node, as tenants ask for them. Thread-safe.
public final class Backups {
  /// A page of a list.
  public static final int PAGE_MAX = 100;

  private static final int ASKED_MAX = 100;
  private static final String COUNT_TABLES =
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
          + " AND name NOT GLOB '_cf_*'";

  private final OpenDatabases databases;
  private final Parts parts;
  private final BackupMaker maker;
  private final BackupObjects objects;
  private final ExecutorService workers;

  /// What it works with.
  record Parts(
      BackupMaker maker,
      BackupObjects objects,
      Making making,
      Ledger ledger,
      Failures failures,
      BackupSettings settings) {}

  /// @param workers with a bounded queue; SQLite holds a thread for as long as it copies
  Backups(OpenDatabases databases, Parts parts, ExecutorService workers) {
    this.databases = databases;
    this.parts = parts;
    this.maker = parts.maker();
    this.objects = parts.objects();
    this.workers = workers;
  }

  /// Makes one now. Waits until it is in the store.
  ///
  /// @throws BurgageException `store_unavailable`, `storage_full`, `overloaded`; `conflict` if too
  ///   many were asked for
  public Backup make(Binding binding) {
    return on(
        binding,
        database -> {
          requireFew(binding.database());
          Backup made = maker.make(database, binding, Origin.ASKED);
          Instant end = made.createdAt().plus(parts.settings().window());
          parts.ledger().added(binding.database(), end.getEpochSecond() + 1);
          return made;
        });
  }

  private void requireFew(DatabaseId database) throws StoreException {
    long asked =
        objects.names(database).stream().filter(name -> name.origin() == Origin.ASKED).count();
    if (asked >= ASKED_MAX) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          "A database has at most %d backups that were asked for; delete some."
              .formatted(ASKED_MAX));
    }
  }

  /// A page of the list, the newest first.
  ///
  /// @param cursor [Backup.Backups#next] of the page before; empty for the first
  /// @param limit at most [#PAGE_MAX]
  public Backup.Backups list(Binding binding, String cursor, int limit) {
    if (limit < 1 || limit > PAGE_MAX) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "limit must be between 1 and %d; got %d".formatted(PAGE_MAX, limit));
    }
    DatabaseId database = binding.database();
    return StoreFailures.told(() -> {
      List<BackupName> names =
          objects.names(database).reversed().stream()
              .filter(name -> cursor.isEmpty() || name.toString().compareTo(cursor) < 0)
              .toList();
      List<Backup> backups = new ArrayList<>();
      List<String> damaged = new ArrayList<>();
      List<BackupName> page = names.subList(0, Math.min(limit, names.size()));
      for (BackupName name : page) {
        try {
          backups.add(objects.read(database, name).backup());
        } catch (ObjectDamagedException e) {
          damaged.add(e.key());
        } catch (StoreException e) {
          if (!e.isNotFound()) { // else deleted meanwhile
            throw e;
          }
        }
      }
      String next = page.size() < names.size() ? page.getLast().toString() : null;
      return new Backup.Backups(backups, next, damaged, parts.failures().find(database));
    });
  }

  /// What there is to know of one.
  ///
  /// @throws BurgageException `not_found`, `object_damaged`, `store_unavailable`
  public Backup get(Binding binding, UUID id) {
    return StoreFailures.told(
        () -> objects.read(binding.database(), name(binding.database(), id)).backup());
  }

  /// The SQLite file, to be closed by the caller.
  ///
  /// @throws BurgageException `not_found`, `object_damaged`, `store_unavailable`
  public BackupFile file(Binding binding, UUID id) {
    return StoreFailures.told(() -> open(binding.database(), name(binding.database(), id)));
  }

  private BackupFile open(DatabaseId database, BackupName name) throws IOException {
    return objects.open(database, name, objects.read(database, name));
  }

  private BackupName name(DatabaseId database, UUID id) throws StoreException {
    return objects.names(database).stream()
        .filter(name -> name.id().equals(id))
        .findFirst()
        .orElseThrow(() ->
            new BurgageException(
                ErrorCode.NOT_FOUND, "There is no backup %s of the database.".formatted(id)));
  }

  /// Puts a backup in the database's place, in one transaction: those who read see the one or the
  /// other.
  ///
  /// @throws BurgageException `not_found`, `object_damaged`, `store_unavailable`
  public Restored restore(Binding binding, UUID id) {
    return on(
        binding,
        database -> {
          BackupName name = name(binding.database(), id);
          try (Making.Place place = parts.making().begin(binding.database(), UUID.randomUUID())) {
            Path file = place.file("file");
            fetch(binding.database(), name, file);
            String before = database.bookmarkText();
            Optional<String> version =
                database.exclusively(
                    connection -> Optional.ofNullable(overwrite(connection, file)));
            return new Restored(before, database.bookmarkText(), version.orElse(null));
          }
        });
  }

  private void fetch(DatabaseId database, BackupName name, Path file) throws IOException {
    try (BackupFile backup = open(database, name)) {
      maker.requireRoom(file, backup.backup().sizeBytes(), 1);
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
        backup.writeTo(out);
      }
    }
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

  /// Deletes one; nothing happens if there is none.
  public void delete(Binding binding, UUID id) {
    DatabaseId database = binding.database();
    StoreFailures.told(() -> {
      for (BackupName name : objects.names(database)) {
        if (name.id().equals(id)) {
          objects.delete(database, name);
        }
      }
      return true;
    });
  }

  /// Deletes all of a database that goes. To be repeated if the store does not answer.
  void delete(DatabaseId database) {
    StoreFailures.told(() -> {
      objects.delete(database);
      return true;
    });
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
                  (FileCheck.number(connection, "PRAGMA page_count")
                          - FileCheck.number(connection, "PRAGMA freelist_count"))
                      * FileCheck.number(connection, "PRAGMA page_size"),
                  (int) FileCheck.number(connection, COUNT_TABLES),
                  database.bookmarkText(),
                  History.currentVersion(connection)));
    }
  }

  @FunctionalInterface
  private interface Task<T> {
    T run(SqliteDatabase database) throws IOException;
  }

  private <T> T on(Binding binding, Task<T> task) {
    Supplier<T> work =
        () -> {
          try (OpenDatabases.Borrowed borrowed = databases.borrow(binding)) {
            return StoreFailures.told(() -> task.run(borrowed.database()));
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
