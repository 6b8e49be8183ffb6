package dev.burgage.node.engine;

import dev.burgage.node.crash.Evidence;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that looks at every running request of the process: past its deadline it is
/// interrupted, long-running it is moved to the slow lane. SQLite's own timeouts do neither (the
/// driver's `setQueryTimeout` only waits for locks). Thread-safe.
public final class Watchdog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final Duration LONG_RUNNING = Duration.ofMillis(20);

  private final Set<SqliteConnection> connections = ConcurrentHashMap.newKeySet();
  private final Evidence evidence;
  private final Thread thread;
  private volatile boolean closed;

  /// @param evidence is told that this process lives
  public Watchdog(Evidence evidence) {
    this.evidence = evidence;
    thread = Thread.ofPlatform().name("statement-watchdog").daemon().start(this::watch);
  }

  void add(SqliteConnection connection) {
    connections.add(connection);
  }

  void remove(SqliteConnection connection) {
    connections.remove(connection);
  }

  private void watch() {
    while (!closed) {
      try {
        Thread.sleep(PERIOD);
        evidence.alive();
        long now = System.nanoTime();
        for (SqliteConnection connection : connections) {
          connection.checkRunning(now, LONG_RUNNING.toNanos());
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.error("The statement watchdog met an error and goes on", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
