package dev.burgage.node.migrate;

import dev.burgage.migrations.apply.MigrationApplier;
import dev.burgage.migrations.apply.Outcome;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.EngineSettings;
import dev.burgage.node.engine.SqliteCopy;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.Rehearse;
import dev.burgage.protocol.node.Rehearsed;
import dev.burgage.protocol.node.Rehearsed.OnCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/// Applies a set to throw-away copies, with the same guard, limits and settings as for good. The
/// originals are only read, in one snapshot. A copy has an id of its own, so that one under which
/// the node dies speaks against no tenant. Thread-safe.
public final class Rehearsals {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsals.class);

  private final Closed closed;
  private final Path temporary;
  private final EngineSettings engine;
  private final ExecutorService workers;

  /// @param data the node's data folder, whose temporary files are removed at each start
  /// @param workers few: tenants have the machine, too
  public Rehearsals(
      Path data,
      OpenDatabases databases,
      DatabaseFiles files,
      EngineSettings engine,
      ExecutorService workers)
      throws IOException {
    this.closed = new Closed(databases, files);
    this.temporary = Files.createDirectories(data.resolve("tmp"));
    this.engine = engine.forScratch();
    this.workers = workers;
  }

  /// Blocks until all have ended.
  public Rehearsed rehearse(Rehearse order) {
    MigrationApplier applier = new MigrationApplier(order.scripts(), order.invariants());
    List<CompletableFuture<OnCopy>> running =
        order.targets().stream()
            .map(target -> CompletableFuture.supplyAsync(() -> rehearse(applier, target), workers))
            .toList();
    return new Rehearsed(running.stream().map(CompletableFuture::join).toList());
  }

  private OnCopy rehearse(MigrationApplier applier, Target target) {
    long start = System.nanoTime();
    Path file = temporary.resolve("rehearsal-" + UUID.randomUUID());
    try {
      copy(target, file);
      long copyMillis = Application.millisSince(start);
      DatabaseIdentity copy = new DatabaseIdentity(new DatabaseId(UUID.randomUUID()), 1);
      try (var database = new SqliteDatabase(file, copy, target.limits(), engine)) {
        return database.exclusivelyLooking(
            connection -> rehearse(applier, target, copyMillis, connection));
      }
    } catch (RuntimeException e) {
      LOG.warn("Database {} could not be rehearsed on", target.database(), e);
      return new OnCopy(Application.failed(target.database(), e, start), 0, 0, 0, 0);
    } finally {
      remove(file);
    }
  }

  // In one step of the backup API, which so does not begin anew when somebody writes. Page by page:
  // the copy is as full of holes as the original, and takes as long.
  private void copy(Target target, Path file) {
    var _ =
        closed.with(
            target,
            database ->
                database.apart(
                    "(a rehearsal)",
                    connection -> {
                      var driver = connection.unwrap(SQLiteConnection.class);
                      SqliteCopy.require(SqliteCopy.to(driver.getDatabase(), file), "copied");
                      return true;
                    }));
  }

  private static OnCopy rehearse(
      MigrationApplier applier, Target target, long copyMillis, GuardedConnection connection)
      throws SQLException {
    Figures before = connection.as(Policy.TRUSTED, Figures::of);
    long start = System.nanoTime();
    Outcome outcome = applier.apply(connection);
    ApplyOutcome applied = Application.outcome(target.database(), outcome, start);
    Figures after = connection.as(Policy.TRUSTED, Figures::of);
    boolean changed = outcome instanceof Outcome.Applied;
    return new OnCopy(
        applied,
        copyMillis,
        before.bytes(),
        after.bytes(),
        changed ? after.changes() - before.changes() : 0);
  }

  /// @param bytes of used pages
  /// @param changes since the connection was opened, without those of the histories
  private record Figures(long bytes, long changes) {
    static Figures of(SQLiteConnection connection) throws SQLException {
      long pages =
          number(connection, "PRAGMA page_count") - number(connection, "PRAGMA freelist_count");
      long histories = rows(connection, "_cf_schema_history") + rows(connection, "d1_migrations");
      return new Figures(
          pages * number(connection, "PRAGMA page_size"),
          connection.getDatabase().total_changes() - histories);
    }

    private static long rows(Connection connection, String table) throws SQLException {
      String exists =
          "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '" + table + "'";
      return number(connection, exists) == 0
          ? 0
          : number(connection, "SELECT count(*) FROM " + table);
    }

    private static long number(Connection connection, String sql) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(sql);
          ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  private static void remove(Path file) {
    try {
      for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a rehearsal's copy cannot be removed", e);
    }
  }
}
