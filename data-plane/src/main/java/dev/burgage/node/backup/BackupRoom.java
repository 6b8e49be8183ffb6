package dev.burgage.node.backup;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.binding.BindingTable;
import dev.burgage.node.engine.StatementSlots;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.migrate.Closed;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.ship.Layout;
import dev.burgage.node.ship.Restore;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.threads.Threads;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All that a node has for backups, with the one thread that makes them. Thread-safe.
public final class BackupRoom implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackupRoom.class);
  private static final long LOOK_SECONDS = 10;
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final CountDownLatch closing = new CountDownLatch(1);
  private final Ledger ledger;
  private final Failures failures = new Failures();
  private final BackupSchedule schedule;
  private final Backups backups;
  private final Drills drills;
  private final Thread thread;

  /// What it works with.
  ///
  /// @param data the node's folder
  /// @param databases may be borrowed without being used
  /// @param workers carry out what is asked for; with a bounded queue
  public record Parts(
      NodeName self,
      Path data,
      ObjectStore store,
      Layout layout,
      Restore restore,
      BindingTable table,
      CommitLog log,
      OpenDatabases open,
      Closed databases,
      Guard guard,
      StatementSlots slots,
      ExecutorService workers,
      Clock clock) {}

  /// @throws IOException if the node's own folder cannot be used
  public BackupRoom(Parts parts, BackupSettings settings) throws IOException {
    Path folder = Files.createDirectories(parts.data().resolve("backups"));
    Making making = new Making(folder.resolve("making"));
    this.ledger = new Ledger(folder.resolve("ledger"));
    BooleanSupplier isClosing = () -> closing.getCount() == 0;
    BooleanSupplier isQuiet =
        () -> isClosing.getAsBoolean() || parts.slots().isQuietFor(QUIET_NANOS);
    BackupObjects objects = new BackupObjects(parts.store(), parts.layout());
    BackupMaker.Parts tools =
        new BackupMaker.Parts(
            parts.self(),
            making,
            settings.reserveBytes(),
            parts.guard(),
            () -> new Pace(isQuiet, isClosing),
            parts.clock());
    BackupMaker maker = new BackupMaker(tools, objects);
    Changes changes =
        new Changes(parts.self(), parts.table(), parts.log(), ledger, settings.interval());
    this.schedule =
        new BackupSchedule(
            new BackupSchedule.Parts(
                settings,
                changes,
                ledger,
                failures,
                making,
                maker,
                objects,
                parts.databases(),
                isClosing,
                parts.clock()));
    this.backups =
        new Backups(
            parts.open(),
            new Backups.Parts(maker, objects, making, ledger, failures, settings),
            parts.workers());
    this.drills =
        new Drills(
            settings,
            changes::own,
            parts.log(),
            new OneDrill(tools, maker, objects, parts.restore()),
            new DrillLog(folder.resolve("drills.json")),
            isClosing);
    this.thread = Thread.ofPlatform().name("backups").daemon().unstarted(this::run);
  }

  /// Begins to make backups by the schedule.
  public void start() {
    thread.start();
  }

  private void run() {
    while (!await()) {
      round();
    }
  }

  /// What the schedule has due now.
  void round() {
    try {
      schedule.round();
      drills.roundIfDue();
    } catch (IOException | RuntimeException e) {
      LOG.error("Backups failed and will be tried again", e);
    }
  }

  private boolean await() {
    try {
      return closing.await(LOOK_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      closing.countDown();
      return true;
    }
  }

  /// As tenants ask for them.
  public Backups backups() {
    return backups;
  }

  public Drills drills() {
    return drills;
  }

  /// Deletes all backups of a database that goes, and what drills said of it. To be repeated if the
  /// store does not answer.
  public void delete(DatabaseId database) throws IOException {
    drills.forget(database);
    backups.delete(database);
  }

  /// Scheduled backups since the start.
  public long madeCount() {
    return schedule.made();
  }

  /// Tries of the schedule that came to nothing since the start.
  public long failedCount() {
    return schedule.failed();
  }

  /// Bytes that the schedule has put into the store since the start.
  public long packedBytes() {
    return schedule.packedBytes();
  }

  /// Databases that are due and not backed up yet.
  public int waitingCount() {
    return schedule.waiting();
  }

  /// Databases whose newest try failed.
  public int failingCount() {
    return failures.size();
  }

  /// Why the schedule waits for the store; null if it answers.
  public @Nullable String storeFailure() {
    return schedule.storeFailure();
  }

  /// Ends what is under way soon, without finishing it.
  @Override
  public void close() throws IOException {
    closing.countDown();
    Threads.join(thread);
    ledger.close();
  }
}
