package dev.burgage.node;

import dev.burgage.d1.Env;
import dev.burgage.migrations.apply.TemplateBuilder;
import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.backup.BackupRoom;
import dev.burgage.node.binding.BindingTable;
import dev.burgage.node.binding.Bindings;
import dev.burgage.node.crash.Evidence;
import dev.burgage.node.crash.Quarantine;
import dev.burgage.node.dormant.Dormant;
import dev.burgage.node.dormant.OutcomeTeller;
import dev.burgage.node.engine.BackgroundThreads;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.engine.EngineSettings;
import dev.burgage.node.engine.Overrun;
import dev.burgage.node.engine.StatementSlots;
import dev.burgage.node.engine.Watchdog;
import dev.burgage.node.feed.ControlPlane;
import dev.burgage.node.feed.FeedReader;
import dev.burgage.node.files.DatabaseFiles;
import dev.burgage.node.files.Templates;
import dev.burgage.node.history.Archive;
import dev.burgage.node.history.DatabaseHistory;
import dev.burgage.node.history.Forks;
import dev.burgage.node.history.PastSettings;
import dev.burgage.node.history.Pasts;
import dev.burgage.node.history.Replacement;
import dev.burgage.node.history.Rewind;
import dev.burgage.node.http.NodeServer;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.memory.RequestMemory;
import dev.burgage.node.metrics.NodeMetrics;
import dev.burgage.node.migrate.Closed;
import dev.burgage.node.migrate.Marks;
import dev.burgage.node.migrate.Migrator;
import dev.burgage.node.migrate.Rehearsals;
import dev.burgage.node.migrate.Schemas;
import dev.burgage.node.migrate.TakenBack;
import dev.burgage.node.migrate.Undoer;
import dev.burgage.node.migrate.WakeUp;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.purge.PurgeLook;
import dev.burgage.node.query.Queries;
import dev.burgage.node.rebuild.Rebuilds;
import dev.burgage.node.recover.Background;
import dev.burgage.node.recover.Beginnings;
import dev.burgage.node.recover.Recovery;
import dev.burgage.node.ship.Lookup;
import dev.burgage.node.ship.NodeStore;
import dev.burgage.node.sql.Scripts;
import dev.burgage.node.statistics.QueryStatistics;
import dev.burgage.node.threads.Threads;
import dev.burgage.node.transfer.Exports;
import dev.burgage.node.transfer.TransferFiles;
import dev.burgage.node.transfer.Transfers;
import dev.burgage.node.trim.LogTrim;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.Binding;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running node: its parts, wired. A service that wants its tenants' databases in its own process
/// runs one inside itself ([#start(Map)]) and takes `env.DB_POOL` from it. Thread-safe.
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration ADMISSION_WAIT = Duration.ofSeconds(2);
  private static final Duration REVISION_WAIT = Duration.ofSeconds(10);
  private static final Duration UNUSED_CLOSED_AFTER = Duration.ofMinutes(10);
  private static final Duration TEMPLATE_DEADLINE = Duration.ofMinutes(2);
  private static final long REMEMBERED_SQL_CHARACTERS = 16_000_000;
  private static final int ENDED_BY_STATEMENT = 87;
  private static final int WRITERS_MAX = 64;
  private static final int MIGRATIONS_AT_ONCE = 8;
  private static final int REHEARSALS_AT_ONCE = 2;
  private static final int TRANSFERS_AT_ONCE = 2;
  private static final int TRANSFERS_WAITING = 64;
  private static final int PASTS_AT_ONCE = 2;
  private static final int PASTS_WAITING = 64;
  private static final int RECOVERIES_AT_ONCE = 4;
  private static final int LONG_STATEMENTS_PER_QUICK = 4;
  private static final int OWN_WORK =
      TRANSFERS_AT_ONCE + 14; // transfers, and looks at sizes and pasts

  private final NodeConfig config;
  private final DataFolder folder;
  private final Quarantine quarantine;
  private final StatementSlots slots;
  private final Evidence evidence;
  private final Watchdog watchdog;
  private final ExecutorService writers = Threads.pool("writer", WRITERS_MAX);
  private final ExecutorService migrations;
  private final ExecutorService transfers =
      Threads.pool("transfer", TRANSFERS_AT_ONCE, TRANSFERS_WAITING);
  private final ExecutorService wakers = Threads.pool("waker", MIGRATIONS_AT_ONCE);
  private final ExecutorService rehearsers = Threads.pool("rehearsal", REHEARSALS_AT_ONCE);
  private final ExecutorService copies = Threads.pool("copies", 1);
  private final ExecutorService pastMakers = Threads.pool("past", PASTS_AT_ONCE, PASTS_WAITING);
  private final ExecutorService restorers = Threads.pool("restore", PASTS_AT_ONCE, PASTS_WAITING);
  private final NodeMetrics metrics = new NodeMetrics();
  private final QueryStatistics statistics;
  private final RequestMemory memory;
  private final BindingTable table = new BindingTable();
  private final Bindings bindings;
  private final Queries queries;
  private final DatabaseFiles files;
  private final TransferFiles transferFiles;
  private final Guard guard;
  private final CommitLog log;
  private final NodeStore store;
  private final Recovery recovery;
  private final Background recoveries;
  private final Dormant dormant;
  private final OutcomeTeller teller;
  private final WakeUp wakeUp;
  private final OpenDatabases databases;
  private final Housekeeping housekeeping;
  private final NodeServer.PastParts past;
  private final BackupRoom backups;
  private final FeedReader feed;
  private final NodeServer server;

  private Node(NodeConfig config, Runnable takeUp) throws IOException {
    this.config = config;
    this.folder = DataFolder.take(config.data());
    NodeName self = config.token().node();
    this.quarantine = Quarantine.open(folder.path(), Clock.systemUTC());
    int quick = config.statementsMax();
    this.slots = new StatementSlots(quick, LONG_STATEMENTS_PER_QUICK * quick + MIGRATIONS_AT_ONCE);
    this.migrations =
        new BackgroundThreads(slots, MIGRATIONS_AT_ONCE, Threads.patient("migration"));
    this.evidence = Evidence.begin(folder.path(), slots.max() + OWN_WORK, Clock.systemUTC());
    this.statistics = QueryStatistics.open(folder.path(), Clock.systemUTC());
    this.watchdog = new Watchdog(evidence, new Overrun(config.overrun(), this::endProcess));
    this.files = new DatabaseFiles(folder.path(), Clock.systemUTC(), copies);
    this.memory = new RequestMemory(Runtime.getRuntime().maxMemory() / 2, config.answerBytesMax());
    this.guard = guard(config, folder.spill());
    Templates templates =
        new Templates(folder.path(), new TemplateBuilder(guard, TEMPLATE_DEADLINE));
    this.log =
        CommitLog.open(folder.log(), self, config.log(), Clock.systemUTC(), templates::hasContent);
    this.store = config.store().start(log, self, folder.path(), templates::find, guard);
    this.recovery =
        new Recovery(
            folder.path(), files, log, store, Threads.pool("recovery", RECOVERIES_AT_ONCE));
    this.recoveries = new Background(self, table, recovery, Threads.patient("recoveries"));
    ControlPlane controlPlane =
        new ControlPlane(config.controlPlane(), self, config.token().text());
    this.dormant = new Dormant(folder.path(), Clock.systemUTC());
    TakenBack takenBack = new TakenBack(folder.path(), Clock.systemUTC());
    this.teller = new OutcomeTeller(dormant, controlPlane);
    this.wakeUp =
        new WakeUp(
            new WakeUp.Storage(files, dormant, takenBack), teller, wakers, Clock.systemUTC());
    EngineSettings engine = engine(self);
    this.databases = openDatabases(engine);
    wakeUp.of(databases);
    LogTrim logTrim =
        new LogTrim(
            log,
            databases,
            files,
            new LogTrim.Kept(config.logBytesKept(), config.store().shipping().window()),
            () -> store.shipping().shipped().segment(),
            database -> table.isFilled() && table.find(database) == null);
    this.housekeeping = new Housekeeping(logTrim, log, takeUp, this::keepHouse);
    this.bindings = new Bindings(table, controlPlane, REVISION_WAIT);
    String orderToken = randomToken();
    this.feed =
        new FeedReader(controlPlane, table, folder.path(), this::url, orderToken, quarantine);
    Scripts scripts = new Scripts(REMEMBERED_SQL_CHARACTERS);
    Beginnings beginnings = new Beginnings(databases, files, log);
    this.past = past(engine, beginnings);
    this.queries = new Queries(self, databases, memory, scripts, statistics, past.history());
    this.transferFiles = new TransferFiles(folder.path(), Clock.systemUTC());
    this.backups = openBackups(self);
    Rebuilds rebuilds = new Rebuilds(folder.path(), config.sqlGuard());
    Migrator.Storage storage =
        new Migrator.Storage(databases, files, templates, dormant, takenBack);
    NodeServer.Parts parts =
        new NodeServer.Parts(
            self,
            orderToken,
            table,
            bindings,
            queries,
            files,
            templates,
            databases,
            new Migrator(storage, engine, migrations, Clock.systemUTC()),
            new Marks(storage, migrations),
            new Undoer(storage, wakeUp, past.rewind(), migrations),
            new Rehearsals(folder.path(), databases, files, engine, rehearsers),
            new Schemas(databases, files, migrations),
            dormant,
            new Transfers(databases, transferFiles, scripts, rebuilds, transfers),
            transferFiles,
            new Exports(folder.path(), databases, transfers),
            backups,
            statistics,
            quarantine,
            memory,
            metrics,
            this::isReady,
            guard,
            log,
            past,
            recovery,
            beginnings,
            new PurgeLook(self, folder.path(), log, store, config.store().shipping().window()));
    this.server = new NodeServer(config.host(), config.port(), config.bodyBytesMax(), parts);
    metrics.watch(databases);
    metrics.watch(memory);
    metrics.watch(quarantine);
    metrics.watch(guard);
    metrics.watch(log);
    metrics.watch(store.shipping());
    metrics.watch(backups);
    metrics.watch(recovery);
    metrics.watch(table, feed::silence);
  }

  private static Guard guard(NodeConfig config, Path spill) throws IOException {
    Guard guard = Guard.of(config.sqlGuard(), spill);
    try {
      guard.keepTemporaryFilesIn(spill);
      return guard;
    } catch (SQLException e) {
      throw new IOException("SQLite does not take " + spill + " for temporary files", e);
    }
  }

  private NodeServer.PastParts past(EngineSettings engine, Beginnings beginnings)
      throws IOException {
    Archive archive =
        new Archive(
            store.restore(),
            new Lookup(store.store(), store.layout()),
            store.local(),
            Clock.systemUTC());
    Pasts pasts = new Pasts(folder.path(), archive, engine, PastSettings.DEFAULT, pastMakers);
    Forks forks = new Forks(folder.path(), archive, databases, files, log, beginnings);
    Replacement replacement = new Replacement(databases, files, engine);
    return new NodeServer.PastParts(
        new DatabaseHistory(archive, pasts, replacement, forks, restorers),
        pasts,
        new Rewind(archive, replacement, folder.path().resolve("tmp")));
  }

  private BackupRoom openBackups(NodeName self) throws IOException {
    BackupRoom.Parts parts =
        new BackupRoom.Parts(
            self,
            folder.path(),
            store.store(),
            store.layout(),
            store.restore(),
            table,
            log,
            databases,
            new Closed(databases, files),
            guard,
            slots,
            transfers,
            Clock.systemUTC());
    return new BackupRoom(parts, config.backups());
  }

  private EngineSettings engine(NodeName self) {
    int readers = Math.max(2, config.statementsMax());
    return new EngineSettings(
        self.value(),
        readers,
        slots,
        watchdog,
        writers,
        guard,
        evidence,
        log,
        store.shipping()::hasRoom);
  }

  private OpenDatabases openDatabases(EngineSettings engine) {
    return new OpenDatabases(
        new DatabaseOpener(files, engine, recovery),
        wakeUp,
        config.openDatabasesMax(),
        quarantine,
        ADMISSION_WAIT);
  }

  private static String randomToken() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }

  /// Starts a node. Its disk may fail: it takes no write then, is not ready, and says in its log
  /// when the disk is well again. It is to be closed then, and another one started.
  ///
  /// @param settings `BURGAGE_*` names and values, as a node process has them in its environment
  /// @throws IllegalArgumentException if a setting is missing or wrong
  /// @throws IllegalStateException if another node uses the data folder, or the port is taken
  public static Node start(Map<String, String> settings) throws IOException {
    return start(
        settings, () -> LOG.warn("The disk takes files again: close this node and start another"));
  }

  /// As [#start(Map)].
  ///
  /// @param takeUp called, more than once, when the log has failed and another process could go on
  ///   with it
  static Node start(Map<String, String> settings, Runnable takeUp) throws IOException {
    Node node = new Node(NodeConfig.of(settings), takeUp);
    try {
      node.start();
      return node;
    } catch (IOException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  /// `env.DB_POOL` in this process: for the tenants of a pool whose databases this node owns.
  public Env env(String pool) {
    return new Env(queries.embedded(new PoolName(pool), bindings));
  }

  /// Fills the table from the disk, answers, joins the stream.
  private void start() throws IOException {
    feed.replay();
    quarantine.tell(this::tenantOf);
    server.start();
    folder.announce(url());
    feed.start();
    teller.start();
    housekeeping.start();
    recoveries.start();
    backups.start();
  }

  // Without the shutdown hooks: they would wait for the statement.
  private void endProcess(DatabaseIdentity identity) {
    LOG.error(
        "{} (database {}, generation {}) runs a statement that goes on {} s after it was"
            + " interrupted; this process ends with status {} to stop it",
        tenantOf(identity.database()),
        identity.database(),
        identity.generation(),
        config.overrun().toSeconds(),
        ENDED_BY_STATEMENT);
    Runtime.getRuntime().halt(ENDED_BY_STATEMENT);
  }

  private String tenantOf(DatabaseId database) {
    Binding binding = table.find(database);
    return binding == null
        ? "no tenant any more"
        : "tenant %s of pool %s".formatted(binding.tenant(), binding.pool());
  }

  public NodeName name() {
    return config.token().node();
  }

  /// Where others reach this node.
  public URI url() {
    URI url = config.url();
    return url != null ? url : URI.create("http://" + config.host() + ":" + server.port());
  }

  // Also without the control plane, if there is something to serve by.
  private boolean isReady() {
    return table.isFilled() && !log.hasFailed();
  }

  private void keepHouse() throws IOException {
    statistics.save();
    databases.closeUnused(UNUSED_CLOSED_AFTER);
    transferFiles.deleteOld();
    dormant.deleteOld();
    past.pasts().deleteOld();
    int deleted = files.emptyTrash(config.trashRetention());
    if (deleted > 0) {
      LOG.info("Deleted {} files from the trash", deleted);
    }
  }

  private void saveStatistics() {
    try {
      statistics.save();
    } catch (IOException e) {
      LOG.warn("The figures of the last minute are lost", e);
    }
  }

  /// Ends what is under way, then closes every database.
  @Override
  public void close() throws IOException {
    evidence.stopping();
    housekeeping.close();
    server.close();
    feed.close();
    migrations.shutdown();
    rehearsers.shutdown();
    wakers.shutdown();
    teller.close();
    transfers.shutdownNow();
    restorers.shutdownNow();
    pastMakers.shutdownNow();
    past.pasts().close();
    backups.close();
    recoveries.close();
    recovery.close();
    databases.close();
    saveStatistics();
    writers.shutdown();
    store.close();
    log.close();
    copies.close();
    watchdog.close();
    metrics.close();
    evidence.close();
    folder.close();
  }
}
