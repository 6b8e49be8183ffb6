package dev.burgage.node.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.node.crash.Quarantine;
import dev.burgage.node.dump.SqlDump;
import dev.burgage.node.engine.ClosedDatabase;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.SqliteDatabase;
import dev.burgage.node.engine.StatementSlots;
import dev.burgage.node.engine.TestEngine;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.pool.Residence;
import dev.burgage.node.recover.Beginnings;
import dev.burgage.node.ship.Layout;
import dev.burgage.node.ship.Lookup;
import dev.burgage.node.ship.Restore;
import dev.burgage.node.ship.ShipSettings;
import dev.burgage.node.ship.Shipping;
import dev.burgage.node.store.FolderStore;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.trim.LogTrim;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import dev.burgage.protocol.binding.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.sqlite.SQLiteLimits;

/// The storage of a node, with a log that is shipped to a folder, and one database in it.
final class PastFixture implements AutoCloseable {
  // A group's mark and a checkpoint: less than any commit.
  private static final int UNSHIPPED_BYTES = 512;

  static final NodeName NODE = new NodeName("n1");
  private static final ShipSettings SHIPPING =
      new ShipSettings(
          Duration.ofMillis(20),
          1 << 20,
          1 << 22,
          Duration.ofDays(2),
          Duration.ofDays(30),
          1 << 30);

  final Path folder;
  final TestEngine engine;
  final CommitLog log;
  final DatabaseFiles files;
  final OpenDatabases databases;
  final ObjectStore store;
  final Layout layout = new Layout("test");
  final Shipping shipping;
  final Binding binding;
  private final ExecutorService makers = Executors.newFixedThreadPool(2);
  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final long pastBytesMax;
  private Pasts pasts;
  private DatabaseHistory history;

  PastFixture(Path folder) throws IOException, SQLException {
    this(folder, 2_000_000);
  }

  PastFixture(Path folder, long pastBytesMax) throws IOException, SQLException {
    this.folder = folder;
    this.pastBytesMax = pastBytesMax;
    engine = new TestEngine(folder, new StatementSlots(2, 8));
    log = Objects.requireNonNull(engine.settings().log());
    files = new DatabaseFiles(folder, Clock.systemUTC(), Runnable::run);
    databases =
        new OpenDatabases(
            (identity, limits) ->
                new SqliteDatabase(
                    files.path(identity.database(), identity.generation()),
                    identity,
                    limits,
                    engine.settings()),
            new Unnoticed(),
            20,
            Quarantine.open(folder, Clock.systemUTC()),
            Duration.ofSeconds(5));
    store = new FolderStore(folder.resolve("store"));
    shipping =
        Shipping.start(
            new Shipping.Parts(
                log, NODE, folder.resolve("ship"), store, layout, _ -> null, Clock.systemUTC()),
            SHIPPING);
    binding = database(Limits.DEFAULT);
    pasts = pasts(archive(log));
    history = history(archive(log), pasts);
  }

  private static final class Unnoticed implements Residence {
    @Override
    public CompletableFuture<?> begins(DatabaseIdentity identity, Limits limits) {
      return CompletableFuture.completedFuture(true);
    }

    @Override
    public void ended(DatabaseIdentity identity, Duration unused) {
      // Nobody wants to know.
    }
  }

  Archive archive(CommitLog local) {
    return new Archive(
        new Restore(store, layout, PastFixture::requireSound),
        new Lookup(store, layout),
        new Restore.Local(local::reader, _ -> null),
        Clock.systemUTC());
  }

  private static void requireSound(Path file) throws IOException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:file:" + file + "?immutable=1");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA integrity_check")) {
      rows.next();
      if (!rows.getString(1).equals("ok")) {
        throw new IOException(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private Pasts pasts(Archive archive) throws IOException {
    return new Pasts(
        folder,
        archive,
        engine.settings(),
        new PastSettings(pastBytesMax, Duration.ofMinutes(1), 0),
        makers);
  }

  private DatabaseHistory history(Archive archive, Pasts pasts) throws IOException {
    return new DatabaseHistory(
        archive,
        pasts,
        new Replacement(databases, files, engine.settings()),
        new Forks(folder, archive, databases, files, log, new Beginnings(databases, files, log)),
        workers);
  }

  DatabaseHistory history() {
    return history;
  }

  Pasts pasts() {
    return pasts;
  }

  /// From now on the past is made by the store alone, and nothing that was made before is used.
  void forgetLocal(CommitLog empty) throws IOException {
    pasts.close();
    Archive archive = archive(empty);
    pasts = pasts(archive);
    history = history(archive, pasts);
  }

  Binding database(Limits limits) throws IOException, SQLException {
    Path template = folder.resolve("template-" + UUID.randomUUID());
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + template);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA auto_vacuum=INCREMENTAL");
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("CREATE TABLE t0(id INTEGER PRIMARY KEY, a, b)");
    }
    DatabaseId id = new DatabaseId(UUID.randomUUID());
    files.create(id, 1, template);
    return binding(id, limits);
  }

  static Binding binding(DatabaseId id, Limits limits) {
    return new Binding(
        new PoolName("shop"),
        new TenantId("acme"),
        id,
        Engine.SQLITE,
        NODE,
        1,
        1,
        BindingState.ACTIVE,
        limits);
  }

  Path file(Binding of) {
    return files.path(of.database(), of.generation());
  }

  void execute(String sql) {
    execute(binding, sql);
  }

  void execute(Binding on, String sql) {
    try (OpenDatabases.Borrowed borrowed = databases.borrow(on)) {
      var _ =
          borrowed
              .database()
              .exclusively(guarded ->
                  guarded.as(
                      Policy.TRUSTED,
                      connection -> {
                        try (PreparedStatement statement = connection.prepareStatement(sql)) {
                          statement.execute();
                          return true;
                        }
                      }));
    }
  }

  /// On a connection of its own, which may attach the file that VACUUM works in.
  void vacuum() throws InterruptedException {
    DatabaseIdentity identity = DatabaseHistory.identity(binding);
    assertThat(databases.closeNow(identity, Duration.ofSeconds(5))).isTrue();
    ClosedDatabase closed =
        new ClosedDatabase(file(binding), identity, Limits.DEFAULT, engine.settings());
    assertThat(databases.whileClosed(identity, () -> closed.run((guarded, _) -> vacuum(guarded))))
        .contains(true);
  }

  private static boolean vacuum(GuardedConnection guarded) throws SQLException {
    return guarded.as(
        Policy.TRUSTED,
        connection -> {
          connection.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 1);
          try (PreparedStatement statement = connection.prepareStatement("VACUUM")) {
            statement.execute();
            return true;
          }
        });
  }

  String dump() {
    return dump(binding);
  }

  String dump(Binding of) {
    try (OpenDatabases.Borrowed borrowed = databases.borrow(of)) {
      return dump(borrowed.database());
    }
  }

  static String dump(SqliteDatabase database) {
    return database.apart(
        "(a test)",
        connection -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          try {
            SqlDump.whole(connection).writeTo(out);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
          return out.toString(StandardCharsets.UTF_8);
        });
  }

  String check(Binding of) {
    try (OpenDatabases.Borrowed borrowed = databases.borrow(of)) {
      return borrowed
          .database()
          .apart(
              "(a test)",
              connection -> {
                try (PreparedStatement check =
                        connection.prepareStatement("PRAGMA integrity_check");
                    ResultSet row = check.executeQuery()) {
                  row.next();
                  return row.getString(1);
                }
              });
    }
  }

  /// Until the store has all that the log has now; what is no commit goes with the next one.
  void awaitShipped() throws InterruptedException {
    LogPosition end = log.durableEnd();
    for (int i = 0; i < 3_000 && isBehind(end); i++) {
      Thread.sleep(10);
    }
    assertThat(isBehind(end)).isFalse();
  }

  private boolean isBehind(LogPosition end) {
    LogPosition shipped = shipping.shipped();
    return shipped.segment() < end.segment()
        || (shipped.segment() == end.segment()
            && shipped.offset() < end.offset() - UNSHIPPED_BYTES);
  }

  /// Removes all segments of the log that nobody needs.
  void trim() throws IOException {
    LogTrim trim =
        new LogTrim(
            log,
            databases,
            files,
            new LogTrim.Kept(0, Duration.ofDays(30)),
            () -> shipping.shipped().segment(),
            _ -> false);
    trim.run();
  }

  int segments() {
    String[] names = folder.resolve("log").toFile().list((_, name) -> name.endsWith(".log"));
    return names == null ? 0 : names.length;
  }

  @Override
  public void close() throws IOException {
    workers.close();
    makers.close();
    pasts.close();
    databases.close();
    shipping.close();
    store.close();
    engine.close();
    assertThat(Files.exists(folder)).isTrue();
  }
}
