package dev.burgage.node;

import dev.burgage.node.trim.LogTrim;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a node does by the clock, on one thread: deletes what is old, keeps the log to its size.
final class Housekeeping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Threads.daemon("housekeeping"));
  private final LogTrim logTrim;
  private final Chores chores;

  /// What is to be done every minute.
  @FunctionalInterface
  interface Chores {
    void run() throws IOException;
  }

  Housekeeping(LogTrim logTrim, Chores chores) {
    this.logTrim = logTrim;
    this.chores = chores;
  }

  void start() {
    var _ = thread.scheduleWithFixedDelay(this::keepHouse, 1, 1, TimeUnit.MINUTES);
    var _ = thread.scheduleWithFixedDelay(this::trimLog, 1, 1, TimeUnit.SECONDS);
  }

  private void keepHouse() {
    try {
      chores.run();
    } catch (IOException | RuntimeException e) {
      LOG.error("Housekeeping failed and will be tried again", e);
    }
  }

  private void trimLog() {
    try {
      logTrim.run();
    } catch (IOException | RuntimeException e) {
      LOG.error("The commit log could not be trimmed; it is tried again", e);
    }
  }

  // Without an interrupt, which would close files in the midst of their use.
  @Override
  public void close() {
    logTrim.close();
    thread.close();
  }
}
