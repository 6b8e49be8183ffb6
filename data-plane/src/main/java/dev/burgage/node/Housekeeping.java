package dev.burgage.node;

import dev.burgage.node.log.CommitLog;
import dev.burgage.node.threads.Threads;
import dev.burgage.node.trim.LogTrim;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a node does by the clock, on one thread: deletes what is old, keeps the log to its size,
/// and looks whether the disk of a log that has failed is well again.
final class Housekeeping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
  // A disk that fails now and then is no reason to do nothing but start.
  private static final int FAILED_LOG_SECONDS = 5;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Threads.daemon("housekeeping"));
  private final LogTrim logTrim;
  private final CommitLog log;
  private final Runnable takeUp;
  private final Chores chores;

  /// What is to be done every minute.
  @FunctionalInterface
  interface Chores {
    void run() throws IOException;
  }

  /// @param takeUp called each time it is found that another process could go on with the log
  Housekeeping(LogTrim logTrim, CommitLog log, Runnable takeUp, Chores chores) {
    this.logTrim = logTrim;
    this.log = log;
    this.takeUp = takeUp;
    this.chores = chores;
  }

  void start() {
    var _ = thread.scheduleWithFixedDelay(this::keepHouse, 1, 1, TimeUnit.MINUTES);
    var _ = thread.scheduleWithFixedDelay(this::trimLog, 1, 1, TimeUnit.SECONDS);
    var _ =
        thread.scheduleWithFixedDelay(
            this::lookAtFailedLog, FAILED_LOG_SECONDS, FAILED_LOG_SECONDS, TimeUnit.SECONDS);
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

  private void lookAtFailedLog() {
    try {
      if (log.canBeTakenUp()) {
        takeUp.run();
      }
    } catch (RuntimeException e) {
      LOG.error("The failed commit log could not be looked at; it is tried again", e);
    }
  }

  // Without an interrupt, which would close files in the midst of their use.
  @Override
  public void close() {
    logTrim.close();
    thread.close();
  }
}
