package dev.burgage.control;

import dev.burgage.migrations.apply.History;
import dev.burgage.migrations.apply.MigrationApplier;
import dev.burgage.migrations.apply.Outcome;
import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/// The databases of a fake node, as real SQLite files, so that migrations really run.
public final class FakeDatabases {
  private final Path folder;
  private final Map<String, Template> templates = new ConcurrentHashMap<>();
  private final Map<DatabaseId, String> made = new ConcurrentHashMap<>();
  private final List<Integer> batches = new CopyOnWriteArrayList<>();
  private final Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);

  FakeDatabases() {
    try {
      folder = Files.createTempDirectory(Path.of("target"), "databases-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void learn(Template template) {
    templates.put(template.id(), template);
  }

  void create(DatabaseId database, String template) {
    made.putIfAbsent(database, template);
  }

  ApplyOutcomes apply(ApplyMigrations order) {
    gate.acquireUninterruptibly();
    try {
      batches.add(order.targets().size());
      var applier = new MigrationApplier(order.scripts());
      return new ApplyOutcomes(
          order.targets().stream().map(target -> apply(applier, target.database())).toList());
    } finally {
      gate.release();
    }
  }

  /// Orders wait before they are carried out until [#open()].
  public void shut() {
    gate.drainPermits();
  }

  public void open() {
    gate.release(Integer.MAX_VALUE / 2 - gate.availablePermits());
  }

  /// Whether an order waits at the gate.
  public boolean hasWaiting() {
    return gate.hasQueuedThreads();
  }

  /// Sizes of the orders so far.
  public List<Integer> batches() {
    return batches;
  }

  public void run(DatabaseId database, String sql) {
    try (GuardedConnection connection = connect(database);
        Statement statement = connection.jdbc().createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public @Nullable String version(DatabaseId database) {
    try (GuardedConnection connection = connect(database)) {
      return History.currentVersion(connection.jdbc());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private ApplyOutcome apply(MigrationApplier applier, DatabaseId database) {
    try (GuardedConnection connection = connect(database)) {
      Outcome outcome = applier.apply(connection);
      return switch (outcome) {
        case Outcome.Applied(var from, String to, int _, String fingerprint) ->
            new ApplyOutcome(database, Result.APPLIED, from, to, fingerprint, null, 1);
        case Outcome.UpToDate(var version, String fingerprint) ->
            new ApplyOutcome(database, Result.UP_TO_DATE, version, version, fingerprint, null, 0);
        case Outcome.Failed(var from, ApplyOutcomes.Failure failure, var _) ->
            new ApplyOutcome(database, Result.FAILED, from, from, null, failure, 1);
      };
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The file is made of its template when it is first needed.
  private synchronized GuardedConnection connect(DatabaseId database) throws SQLException {
    Path file = folder.resolve(database + ".db");
    boolean isNew = !Files.exists(file);
    GuardedConnection connection = Guard.trusted().open(new SQLiteConfig(), "jdbc:sqlite:" + file);
    if (isNew) {
      Template template = templates.get(made.getOrDefault(database, ""));
      List<MigrationScript> scripts = template == null ? List.of() : template.scripts();
      new MigrationApplier(scripts).apply(connection);
    }
    return connection;
  }
}
