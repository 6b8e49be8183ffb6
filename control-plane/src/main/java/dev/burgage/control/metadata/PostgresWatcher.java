package dev.burgage.control.metadata;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts our PostgreSQL again when it dies. The connection pool finds it by itself, because its
/// port stays the same.
final class PostgresWatcher implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final Logger LOG = LoggerFactory.getLogger(PostgresWatcher.class);

  private final PostgresServer server;
  private final Thread thread;

  PostgresWatcher(PostgresServer server) {
    this.server = server;
    this.thread = Thread.ofVirtual().name("postgres-watcher").start(this::watch);
  }

  private void watch() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(INTERVAL);
        if (!server.isAlive()) {
          LOG.warn("PostgreSQL died; starting it again");
          server.start();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          return; // we are stopping
        }
        LOG.error("PostgreSQL cannot be started again: {}; trying on", e.getMessage());
      }
    }
  }

  /// Stops watching, then the server.
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
  }
}
