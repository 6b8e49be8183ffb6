package dev.burgage.node.engine;

import dev.burgage.node.crash.Evidence;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that looks at every running request of the process: past its deadline it is
/// interrupted; one that cannot pause is moved aside; one that cannot be stopped ends the process.
/// SQLite's own timeouts do neither (the driver's `setQueryTimeout` only waits for locks).
/// Thread-safe.
public final class Watchdog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final Duration PASSED_MOST = Duration.ofSeconds(1);
  private static final Duration UNPAUSED_MOST = Duration.ofMillis(10);

  private final Set<RequestTurn> turns = ConcurrentHashMap.newKeySet();
  private final Evidence evidence;
  private final Overrun overrun;
  private final Thread thread;
  private volatile boolean closed;

  /// @param evidence is told that this process lives
  public Watchdog(Evidence evidence, Overrun overrun) {
    this.evidence = evidence;
    this.overrun = overrun;
    thread = Thread.ofPlatform().name("statement-watchdog").daemon().start(this::watch);
  }

  void add(RequestTurn turn) {
    turns.add(turn);
  }

  void remove(RequestTurn turn) {
    turns.remove(turn);
  }

  private void watch() {
    long last = System.nanoTime();
    while (!closed) {
      try {
        Thread.sleep(PERIOD);
        evidence.alive();
        long now = System.nanoTime();
        // A process that was stopped for a time must not take that for the statements' time.
        long passed = Math.min(now - last, PASSED_MOST.toNanos());
        last = now;
        for (RequestTurn turn : turns) {
          if (overrun.exceeds(turn.check(now, passed, UNPAUSED_MOST.toNanos()))) {
            turn.blame().ifPresent(overrun.end());
          }
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
