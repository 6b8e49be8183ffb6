package dev.burgage.control.binding;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Hears other processes' hints, on a connection of its own that is never in a transaction.
/// pgjdbc's `getNotifications` goes on reading as long as the next notification comes within a
/// millisecond; that is harmless only because every sender is a [HintTicker].
@Component
class HintListener implements SmartLifecycle {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int WAIT_MILLIS = 500;
  private static final Logger LOG = LoggerFactory.getLogger(HintListener.class);

  private final JdbcConnectionDetails metadata;
  private final Wakeups wakeups;
  private final HintTicker ticker;
  private volatile Thread thread = Thread.currentThread();
  private volatile boolean running;

  HintListener(JdbcConnectionDetails metadata, Wakeups wakeups, HintTicker ticker) {
    this.metadata = metadata;
    this.wakeups = wakeups;
    this.ticker = ticker;
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofVirtual().name("hint-listener").start(this::run);
  }

  @Override
  public void stop() {
    running = false;
    try {
      thread.join(Duration.ofMillis(2L * WAIT_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void run() {
    while (running) {
      try (Connection connection = connect();
          var listen = connection.createStatement()) {
        listen.execute("listen " + HintTicker.CHANNEL);
        PGConnection notifications = connection.unwrap(PGConnection.class);
        wakeups.wake();
        while (running) {
          if (hasForeign(notifications.getNotifications(WAIT_MILLIS))) {
            wakeups.wake();
          }
        }
      } catch (SQLException e) {
        LOG.debug("No hints are heard for a while; readers poll", e);
        pause();
      }
    }
  }

  // Whoever committed here has woken the readers already.
  private boolean hasForeign(PGNotification[] hints) {
    return Arrays.stream(hints).anyMatch(hint -> !ticker.isOwn(hint.getParameter()));
  }

  private Connection connect() throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", String.valueOf(metadata.getUsername()));
    properties.setProperty("password", String.valueOf(metadata.getPassword()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("ApplicationName", "burgage-hints");
    return DriverManager.getConnection(metadata.getJdbcUrl(), properties);
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running = false;
    }
  }
}
