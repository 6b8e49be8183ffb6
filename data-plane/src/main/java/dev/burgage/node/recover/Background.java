package dev.burgage.node.recover;

import dev.burgage.node.binding.BindingTable;
import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// After a start, brings back the files of all databases of this node that are missing: one after
/// the other, resting as long as it works, until none is missing.
public final class Background implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Background.class);
  private static final long LOOK_MILLIS = 100;
  private static final long REST_MILLIS_MAX = 1_000;
  private static final long TOLD_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final Duration RETRY_MIN = Duration.ofSeconds(5);
  private static final Duration RETRY_MAX = Duration.ofMinutes(1);

  private final NodeName self;
  private final BindingTable table;
  private final Recovery recovery;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /// @param table says which databases are this node's
  public Background(NodeName self, BindingTable table, Recovery recovery, ThreadFactory threads) {
    this.self = self;
    this.table = table;
    this.recovery = recovery;
    this.thread = threads.newThread(this::run);
  }

  public void start() {
    thread.start();
  }

  private void run() {
    while (!table.isFilled()) {
      if (isClosing(LOOK_MILLIS)) {
        return;
      }
    }
    Duration retry = RETRY_MIN;
    Set<DatabaseIdentity> missing = missing();
    while (!missing.isEmpty()) {
      LOG.warn(
          "{} databases of this node have no file on its disk; they are restored from the object"
              + " store, those that are asked for first",
          missing.size());
      pass(missing);
      LOG.info(
          "{} databases were restored from the object store; {} could not be",
          recovery.restoredCount(),
          recovery.failedCount());
      missing = missing();
      if (!missing.isEmpty() && isClosing(retry.toMillis())) {
        return;
      }
      retry = retry.multipliedBy(2).compareTo(RETRY_MAX) < 0 ? retry.multipliedBy(2) : RETRY_MAX;
    }
  }

  private Set<DatabaseIdentity> missing() {
    Set<DatabaseIdentity> missing = new LinkedHashSet<>();
    table.forEach(binding -> {
      DatabaseIdentity identity = new DatabaseIdentity(binding.database(), binding.generation());
      if (binding.node().equals(self)
          && binding.engine() == Engine.SQLITE
          && recovery.isMissing(identity)) {
        missing.add(identity);
      }
    });
    recovery.note(missing);
    return missing;
  }

  private void pass(Set<DatabaseIdentity> missing) {
    findUntil();
    long toldNanos = System.nanoTime();
    for (DatabaseIdentity identity : missing) {
      long begun = System.nanoTime();
      recovery.make(identity);
      long now = System.nanoTime();
      if (now - toldNanos > TOLD_NANOS) {
        toldNanos = now;
        LOG.info(
            "{} databases were restored from the object store, {} wait, {} could not be",
            recovery.restoredCount(),
            recovery.waitingCount(),
            recovery.failedCount());
      }
      if (isClosing(Math.min(REST_MILLIS_MAX, TimeUnit.NANOSECONDS.toMillis(now - begun)))) {
        return;
      }
    }
  }

  private void findUntil() {
    try {
      recovery.findUntil();
    } catch (StoreException e) {
      LOG.info("Up to when the store has what is lost is not known yet: {}", e.toString());
    }
  }

  private boolean isClosing(long millis) {
    try {
      return closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closing.countDown();
      return true;
    }
  }

  /// What is under way is given up: nothing of it is visible.
  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
