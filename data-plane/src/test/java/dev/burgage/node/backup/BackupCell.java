package dev.burgage.node.backup;

import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.binding.BindingTable;
import dev.burgage.node.crash.Quarantine;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.engine.StatementSlots;
import dev.burgage.node.engine.TestEngine;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.TestClock;
import dev.burgage.node.migrate.Closed;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.pool.Residence;
import dev.burgage.node.ship.Layout;
import dev.burgage.node.ship.Restore;
import dev.burgage.node.ship.ShipSettings;
import dev.burgage.node.ship.Shipping;
import dev.burgage.node.store.FolderStore;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.Backup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// A node's databases, log and backups without its server, and a folder as the object store.
final class BackupCell implements AutoCloseable {
  static final NodeName SELF = new NodeName("n1");

  final TestClock clock = new TestClock(Instant.parse("2026-11-22T00:00:00Z"));
  final Path folder;
  final Path objects;
  final WeakStore store;
  final BindingTable table = new BindingTable();
  final Layout layout = new Layout("cell");
  private final BackupSettings settings;
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final Path template;
  DatabaseFiles files;
  OpenDatabases databases;
  BackupRoom room;
  private TestEngine engine;
  private Shipping shipping;

  BackupCell(Path folder, BackupSettings settings) throws IOException, SQLException {
    this.folder = folder;
    this.settings = settings;
    this.objects = folder.resolve("objects");
    this.store = new WeakStore(new FolderStore(objects));
    this.template = folder.resolve("template.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + template);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
    }
    engine = new TestEngine(folder, new StatementSlots(2, 4));
    files = new DatabaseFiles(folder, Clock.systemUTC(), Runnable::run);
    databases = open();
    shipping = ship();
    room = room();
  }

  private OpenDatabases open() throws IOException {
    return new OpenDatabases(
        (identity, limits) ->
            new SqliteDatabase(
                files.path(identity.database(), identity.generation()),
                identity,
                limits,
                engine.settings()),
        new Residence() {
          @Override
          public CompletableFuture<?> begins(DatabaseIdentity identity, Limits limits) {
            return CompletableFuture.completedFuture(true);
          }

          @Override
          public void ended(DatabaseIdentity identity, Duration unused) {}
        },
        10,
        Quarantine.open(folder, Clock.systemUTC()),
        Duration.ofSeconds(1));
  }

  CommitLog log() {
    CommitLog log = engine.settings().log();
    if (log == null) {
      throw new IllegalStateException("the engine has no log");
    }
    return log;
  }

  private Shipping ship() throws IOException {
    ShipSettings usual = ShipSettings.DEFAULT;
    return Shipping.start(
        new Shipping.Parts(
            log(),
            SELF,
            folder.resolve("ship"),
            new FolderStore(objects),
            layout,
            _ -> null,
            Clock.systemUTC()),
        new ShipSettings(
            Duration.ofMillis(10),
            usual.sliceBytesMax(),
            usual.objectBytesMax(),
            usual.everyCommit(),
            usual.window(),
            usual.backlogBytesMax()));
  }

  private BackupRoom room() throws IOException {
    return new BackupRoom(
        new BackupRoom.Parts(
            SELF,
            folder,
            store,
            layout,
            new Restore(store, layout, Restore.Proof.NONE),
            table,
            log(),
            databases,
            new Closed(databases, files),
            engine.settings().guard(),
            engine.settings().slots(),
            workers,
            clock),
        settings);
  }

  /// Ends and begins anew, as a process does.
  void restart() throws IOException {
    stop();
    engine = new TestEngine(folder, new StatementSlots(2, 4));
    databases = open();
    shipping = ship();
    room = room();
  }

  private void stop() throws IOException {
    room.close();
    shipping.close();
    databases.close();
    engine.close();
  }

  Binding provision(String tenant) throws IOException {
    Binding binding =
        new Binding(
            new PoolName("shop"),
            new TenantId(tenant),
            new DatabaseId(UUID.randomUUID()),
            Engine.SQLITE,
            SELF,
            1,
            1,
            BindingState.ACTIVE,
            Limits.DEFAULT);
    files.create(binding.database(), 1, template);
    table.apply(new FeedMessage.Changed(binding));
    return binding;
  }

  void sql(Binding binding, String sql) {
    try (OpenDatabases.Borrowed borrowed = databases.borrow(binding)) {
      var _ =
          borrowed
              .database()
              .exclusively(connection ->
                  connection.as(
                      Policy.TRUSTED,
                      jdbc -> {
                        try (var statement = jdbc.prepareStatement(sql)) {
                          return statement.execute();
                        }
                      }));
    }
  }

  void insert(Binding binding) {
    sql(binding, "INSERT INTO t(a) VALUES (randomblob(100))");
  }

  List<Backup> backups(Binding binding) {
    return room.backups().list(binding, "", Backups.PAGE_MAX).backups();
  }

  /// The schedule looks every so often.
  void pass(Duration time) {
    Duration step = Duration.ofMinutes(5);
    room.round();
    for (Duration left = time; left.isPositive(); left = left.minus(step)) {
      clock.advance(step.compareTo(left) < 0 ? step : left);
      room.round();
    }
  }

  /// Waits until the store has all that the log has.
  void shipped() throws InterruptedException {
    for (int i = 0; i < 3_000; i++) {
      if (shipping.shipped().equals(log().durableEnd())) {
        return;
      }
      Thread.sleep(Duration.ofMillis(10));
    }
    throw new IllegalStateException("nothing is shipped: " + shipping.failure());
  }

  /// Files under a part of the store, in the order of their keys.
  List<Path> objects(String under) throws IOException {
    Path of = objects.resolve("cell").resolve(under);
    if (!Files.exists(of)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(of)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  List<Path> objects(Binding binding, String of) throws IOException {
    return objects("databases/" + binding.database() + "/backups/" + of);
  }

  List<Path> making() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("backups/making"))) {
      return all.toList();
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    workers.close();
    store.close();
  }
}
