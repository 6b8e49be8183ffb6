package dev.burgage.node.metrics;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.backup.BackupRoom;
import dev.burgage.node.binding.BindingTable;
import dev.burgage.node.crash.Quarantine;
import dev.burgage.node.log.CommitLog;
import dev.burgage.node.memory.RequestMemory;
import dev.burgage.node.pool.OpenDatabases;
import dev.burgage.node.recover.Recovery;
import dev.burgage.node.ship.Shipping;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// The node's figures. Thread-safe.
public final class NodeMetrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final Timer succeeded = requests("success");
  private final Timer failed = requests("failure");

  public NodeMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
  }

  private Timer requests(String outcome) {
    return Timer.builder("burgage.node.requests")
        .description("Requests with tenant SQL")
        .tag("outcome", outcome)
        .serviceLevelObjectives(
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofSeconds(1))
        .register(registry);
  }

  /// Shows what the pool of open databases does.
  public void watch(OpenDatabases databases) {
    Gauge.builder("burgage.node.databases.open", databases, OpenDatabases::openCount)
        .description("Databases that are open now")
        .register(registry);
    FunctionCounter.builder(
            "burgage.node.databases.opened", databases, d -> (double) d.openedCount())
        .description("Times that a database was opened")
        .register(registry);
    FunctionCounter.builder(
            "burgage.node.databases.evicted", databases, d -> (double) d.evictedCount())
        .description("Times that an idle database was closed to make room")
        .register(registry);
    FunctionCounter.builder(
            "burgage.node.databases.refused", databases, d -> (double) d.refusedCount())
        .description("Requests refused because every open database was in use")
        .register(registry);
  }

  /// Shows how many databases are refused because the node died under them.
  public void watch(Quarantine quarantine) {
    Gauge.builder("burgage.node.databases.quarantined", quarantine, Quarantine::size)
        .description("Databases that are refused because the node died under their statements")
        .register(registry);
  }

  /// Shows what large requests have left of the memory that they share.
  public void watch(RequestMemory memory) {
    Gauge.builder("burgage.node.requests.memory.free", memory, RequestMemory::freeBytes)
        .baseUnit("bytes")
        .description("Heap that large bodies and answers may still take")
        .register(registry);
    FunctionCounter.builder(
            "burgage.node.requests.memory.refused", memory, m -> (double) m.refusedCount())
        .description("Requests refused because others had taken that heap")
        .register(registry);
  }

  /// Shows what the node knows, and since when it has heard nothing new.
  public void watch(BindingTable table, Supplier<Duration> silence) {
    Gauge.builder("burgage.node.bindings", table, BindingTable::size)
        .description("Bindings that the node knows")
        .register(registry);
    Gauge.builder("burgage.node.feed.silence", silence, s -> s.get().toMillis() / 1e3)
        .baseUnit("seconds")
        .description("Time since the control plane was last heard of")
        .register(registry);
  }

  /// Shows what the commit log does. Groups against records tell how many commits share an fsync.
  public void watch(CommitLog log) {
    FunctionCounter.builder("burgage.node.log.groups", log, l -> (double) l.groupCount())
        .description("Fsyncs of the commit log, one for each group of records")
        .register(registry);
    FunctionCounter.builder("burgage.node.log.records", log, l -> (double) l.recordCount())
        .description("Records that the commit log has taken")
        .register(registry);
    Gauge.builder("burgage.node.log.failed", log, l -> l.hasFailed() ? 1 : 0)
        .description("Whether the commit log cannot be written until the node is started again")
        .register(registry);
  }

  /// Shows how far the store is behind the commit log, and what was shipped.
  public void watch(Shipping shipping) {
    Gauge.builder("burgage.node.store.lag.bytes", shipping, s -> s.lag().bytes())
        .baseUnit("bytes")
        .description("Commit log that is durable here and not in the store")
        .register(registry);
    Gauge.builder("burgage.node.store.lag.seconds", shipping, s -> s.lag().seconds())
        .baseUnit("seconds")
        .description("Age of the oldest commit that is on its way to the store")
        .register(registry);
    Gauge.builder("burgage.node.store.failed", shipping, s -> s.failure() == null ? 0 : 1)
        .description("Whether the commit log is not shipped now")
        .register(registry);
    Gauge.builder("burgage.node.store.full", shipping, s -> s.hasRoom() ? 0 : 1)
        .description("Whether writes are refused because the store is too far behind")
        .register(registry);
    Gauge.builder("burgage.node.store.damaged", shipping, s -> s.damage() == null ? 0 : 1)
        .description("Whether an object was found damaged while objects were merged")
        .register(registry);
    FunctionCounter.builder("burgage.node.store.slices", shipping, s -> (double) s.sliceCount())
        .description("Slices of the commit log that were shipped")
        .register(registry);
    FunctionCounter.builder(
            "burgage.node.store.shipped.bytes", shipping, s -> (double) s.byteCount())
        .baseUnit("bytes")
        .description("Bytes of these slices, packed")
        .register(registry);
  }

  /// Shows which databases the disk has lost, and what came back.
  public void watch(Recovery recovery) {
    Gauge.builder("burgage.node.recovery.waiting", recovery, Recovery::waitingCount)
        .description("Databases whose files are missing and wait to be restored from the store")
        .register(registry);
    Gauge.builder("burgage.node.recovery.failed", recovery, Recovery::failedCount)
        .description("Databases whose files are missing and could not be restored when last tried")
        .register(registry);
    FunctionCounter.builder(
            "burgage.node.recovery.restored", recovery, r -> (double) r.restoredCount())
        .description("Databases whose missing files were restored from the store")
        .register(registry);
    Gauge.builder("burgage.node.recovery.until", recovery, Recovery::until)
        .baseUnit("seconds")
        .description(
            "When the newest commit was made that the store has of a log which this node has lost,"
                + " since 1970; 0 if there is none")
        .register(registry);
  }

  /// Shows what backups and drills do.
  public void watch(BackupRoom backups) {
    counter("burgage.node.backups.made", backups, BackupRoom::madeCount)
        .description("Scheduled backups that were put into the object store")
        .register(registry);
    counter("burgage.node.backups.failed", backups, BackupRoom::failedCount)
        .description("Scheduled backups that came to nothing, and are tried again")
        .register(registry);
    counter("burgage.node.backups.packed", backups, BackupRoom::packedBytes)
        .baseUnit("bytes")
        .description("Bytes of scheduled backups in the object store, packed")
        .register(registry);
    Gauge.builder("burgage.node.backups.waiting", backups, BackupRoom::waitingCount)
        .description("Databases that are due for a backup and have none yet")
        .register(registry);
    Gauge.builder("burgage.node.backups.failing", backups, BackupRoom::failingCount)
        .description("Databases whose newest scheduled backup failed")
        .register(registry);
    Gauge.builder(
            "burgage.node.backups.store.failed", backups, b -> b.storeFailure() == null ? 0 : 1)
        .description("Whether backups wait for an object store that does not answer")
        .register(registry);
    counter("burgage.node.drills.passed", backups, b -> b.drills().passedCount())
        .description("Databases that were restored in a drill and found right")
        .register(registry);
    counter("burgage.node.drills.failed", backups, b -> b.drills().failedCount())
        .description("Databases that could not be restored in a drill, or not to what they were")
        .register(registry);
  }

  private static FunctionCounter.Builder<BackupRoom> counter(
      String name, BackupRoom backups, ToLongFunction<BackupRoom> count) {
    return FunctionCounter.builder(name, backups, count::applyAsLong);
  }

  /// Shows whether SQL is checked: 1 for the state that holds.
  public void watch(Guard guard) {
    for (Guard.State state : Guard.State.values()) {
      Gauge.builder("burgage.node.guard", guard, g -> g.state() == state ? 1 : 0)
          .description("Whether SQL is checked by SQLite's authorizer")
          .tag("state", state.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  /// One request with tenant SQL has ended.
  public void request(long nanos, boolean success) {
    (success ? succeeded : failed).record(nanos, TimeUnit.NANOSECONDS);
  }

  /// All figures in Prometheus' text format.
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
