package dev.burgage.control;

import dev.burgage.migrations.apply.History;
import dev.burgage.migrations.apply.MigrationApplier;
import dev.burgage.migrations.apply.Outcome;
import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.schema.Schema;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.DescribeSchemas;
import dev.burgage.protocol.node.DescribedSchemas;
import dev.burgage.protocol.node.DescribedSchemas.DescribedSchema;
import dev.burgage.protocol.node.MarkApplied;
import dev.burgage.protocol.node.Rehearse;
import dev.burgage.protocol.node.Rehearsed;
import dev.burgage.protocol.node.Rehearsed.OnCopy;
import dev.burgage.protocol.node.Undo;
import dev.burgage.protocol.node.Undone;
import dev.burgage.protocol.node.Undone.UndoOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
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
  private final Set<DatabaseId> idle = ConcurrentHashMap.newKeySet();
  private final Map<DatabaseId, ApplyMigrations> dormant = new ConcurrentHashMap<>();
  private final Map<Path, byte[]> migrated = new ConcurrentHashMap<>();
  private final Map<UUID, Long> numbers = new ConcurrentHashMap<>();
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
      checkNumber(order);
      batches.add(order.targets().size());
      return new ApplyOutcomes(
          order.targets().stream().map(target -> apply(order, target.database())).toList());
    } finally {
      gate.release();
    }
  }

  // As a node does.
  private void checkNumber(ApplyMigrations order) {
    if (order.number() < numbers.getOrDefault(order.rollout(), 0L)) {
      throw new BurgageException(ErrorCode.FENCED, "it was taken back");
    }
  }

  private ApplyOutcome apply(ApplyMigrations order, DatabaseId database) {
    if (order.dormantAfterMillis() != null && idle.contains(database)) {
      dormant.put(database, order);
      return new ApplyOutcome(database, Result.DORMANT, null, null, null, null, 0);
    }
    var applier = new MigrationApplier(order.scripts());
    Path copy = copy(order.rollout(), database);
    try {
      version(database); // makes the file, if it is not there
      Files.createDirectories(copy.getParent());
      Files.copy(file(database), copy, StandardCopyOption.REPLACE_EXISTING);
      ApplyOutcome outcome = apply(applier, database);
      if (outcome.result() == Result.APPLIED) {
        migrated.put(copy, Files.readAllBytes(file(database)));
      } else {
        Files.delete(copy);
      }
      return outcome;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Undone undo(Undo order) {
    numbers.merge(order.rollout(), order.number(), Math::max);
    return new Undone(
        order.targets().stream().map(t -> undo(order.rollout(), t.database())).toList());
  }

  private UndoOutcome undo(UUID rollout, DatabaseId database) {
    Path copy = copy(rollout, database);
    ApplyMigrations stamp = dormant.remove(database);
    try {
      if (stamp != null) {
        return new UndoOutcome(database, Undone.Result.UNDONE, null, null, null);
      }
      byte[] after = migrated.get(copy);
      if (after == null) {
        return new UndoOutcome(database, Undone.Result.NOT_KEPT, null, null, null);
      }
      if (!Arrays.equals(after, Files.readAllBytes(file(database)))) {
        return new UndoOutcome(database, Undone.Result.WRITTEN, null, null, null);
      }
      Files.copy(copy, file(database), StandardCopyOption.REPLACE_EXISTING);
      DescribedSchema now = describe(database, /* objects= */ false);
      return new UndoOutcome(
          database, Undone.Result.UNDONE, now.version(), now.fingerprint(), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Rehearsed rehearse(Rehearse order) {
    return new Rehearsed(order.targets().stream().map(t -> rehearse(order, t.database())).toList());
  }

  private OnCopy rehearse(Rehearse order, DatabaseId database) {
    var copy = new DatabaseId(UUID.randomUUID());
    try {
      version(database);
      long before = Files.size(file(database));
      Files.copy(file(database), file(copy));
      ApplyOutcome outcome = apply(new MigrationApplier(order.scripts()), copy);
      long after = Files.size(file(copy));
      Files.delete(file(copy));
      return new OnCopy(
          new ApplyOutcome(
              database,
              outcome.result(),
              outcome.fromVersion(),
              outcome.toVersion(),
              outcome.fingerprint(),
              outcome.failure(),
              outcome.durationMillis()),
          1,
          before,
          after,
          0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ApplyOutcomes mark(MarkApplied order) {
    return new ApplyOutcomes(order.targets().stream().map(t -> mark(order, t.database())).toList());
  }

  private ApplyOutcome mark(MarkApplied order, DatabaseId database) {
    String from = version(database);
    for (MigrationScript script : order.scripts()) {
      run(
          database,
          """
          INSERT INTO _cf_schema_history
          SELECT max(installed_rank) + 1, '%1$s', '%2$s', 'SQL', '%3$s', %4$d, '', '', 0, 1
          FROM _cf_schema_history
          WHERE NOT EXISTS (SELECT 1 FROM _cf_schema_history WHERE version = '%1$s')
          HAVING max(installed_rank) IS NOT NULL
          """
              .formatted(
                  script.version(), script.description(), script.script(), script.checksum()));
    }
    return new ApplyOutcome(database, Result.APPLIED, from, version(database), null, null, 0);
  }

  DescribedSchemas describe(DescribeSchemas order) {
    gate.acquireUninterruptibly();
    try {
      return new DescribedSchemas(
          order.targets().stream().map(t -> describe(t.database(), order.objects())).toList());
    } finally {
      gate.release();
    }
  }

  private DescribedSchema describe(DatabaseId database, boolean objects) {
    try (GuardedConnection connection = connect(database)) {
      Schema schema = Schema.read(connection.jdbc());
      return new DescribedSchema(
          database,
          History.currentVersion(connection.jdbc()),
          schema.fingerprint(),
          objects ? schema.objects() : null);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Migrates without the control plane, as wrangler may.
  public void bring(DatabaseId database, List<MigrationScript> scripts) {
    ApplyOutcome outcome = apply(new MigrationApplier(scripts), database);
    if (outcome.result() != Result.APPLIED) {
      throw new IllegalStateException("not applied: " + outcome);
    }
  }

  /// Nobody uses these databases, until [#use()].
  public void idle(DatabaseId database) {
    idle.add(database);
  }

  public void use() {
    idle.clear();
  }

  /// A dormant database is used: it is migrated first.
  public ApplyOutcome wake(DatabaseId database) {
    idle.remove(database);
    ApplyMigrations stamp = Objects.requireNonNull(dormant.remove(database), "not dormant");
    return apply(new MigrationApplier(stamp.scripts()), database);
  }

  long size(DatabaseId database) throws IOException {
    version(database);
    return Files.size(file(database));
  }

  private Path file(DatabaseId database) {
    return folder.resolve(database + ".db");
  }

  private Path copy(UUID rollout, DatabaseId database) {
    return folder.resolve("copies-" + rollout).resolve(database + ".db");
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
    Path file = file(database);
    boolean isNew = !Files.exists(file);
    GuardedConnection connection = Guard.trusted().open(new SQLiteConfig(), "jdbc:sqlite:" + file);
    if (isNew) {
      Template template = templates.get(made.getOrDefault(database, ""));
      List<MigrationScript> scripts = template == null ? List.of() : template.scripts();
      new MigrationApplier(scripts).apply(connection);
    }
    return connection;
  }

  static Backup backup(Binding of, int number) {
    return new Backup(
        UUID.randomUUID(),
        Instant.parse("2026-11-22T10:00:00Z").plusSeconds(number),
        Backup.Origin.ASKED,
        of.database(),
        of.pool(),
        of.tenant(),
        of.node(),
        of.generation(),
        "6b02f311-00000000-00000003-b7e4a0a12db75326f7e43621fcc0f488",
        /* schemaVersion= */ null,
        "0".repeat(64),
        1,
        "ok",
        8_192,
        "1".repeat(64),
        512,
        "2".repeat(64));
  }
}
