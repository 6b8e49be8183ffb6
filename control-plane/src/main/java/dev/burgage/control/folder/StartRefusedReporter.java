package dev.burgage.control.folder;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/// Reports a [StartRefused] as its one line, without a stack trace. The line goes to standard error
/// too, because a log in JSON is nothing for somebody at a terminal.
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartRefusedReporter implements SpringBootExceptionReporter {
  private static final Logger LOG = LoggerFactory.getLogger(StartRefusedReporter.class);

  @Override
  public boolean reportException(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StartRefused) {
        LOG.error("Not started: {}", cause.getMessage());
        System.err.println("burgage control-plane: " + cause.getMessage());
        return true;
      }
    }
    return false;
  }
}
