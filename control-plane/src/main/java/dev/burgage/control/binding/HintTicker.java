package dev.burgage.control.binding;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Sends the hint to other processes: the first at once, then at most one `NOTIFY` every 5 ms, in a
/// transaction of its own. All it says is who sent it, so that a process need not wake itself
/// twice. Inside the business transactions it would queue all of them behind one cluster-wide lock
/// (measured: a tenth of the throughput).
@Component
class HintTicker implements SmartLifecycle {
  static final String CHANNEL = "burgage_binding";

  private static final Duration INTERVAL = Duration.ofMillis(5);
  private static final Logger LOG = LoggerFactory.getLogger(HintTicker.class);

  private final String sender = UUID.randomUUID().toString();
  private final JdbcClient jdbc;
  private final Semaphore due = new Semaphore(0);
  private volatile Thread thread = Thread.currentThread();
  private volatile boolean running;

  HintTicker(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Whether a hint's payload says that it is one of ours.
  boolean isOwn(String payload) {
    return payload.equals(sender);
  }

  void changed() {
    due.release();
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofVirtual().name("hint-ticker").start(this::tick);
  }

  @Override
  public void stop() {
    running = false;
    thread.interrupt();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void tick() {
    while (running) {
      try {
        due.acquire();
        due.drainPermits();
        jdbc.sql("select pg_notify('" + CHANNEL + "', ?)")
            .param(sender)
            .query((row, number) -> "")
            .list();
        Thread.sleep(INTERVAL);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.debug("No hint sent; others poll", e);
      }
    }
  }
}
