package dev.burgage.node.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/// Input and output on the thread of somebody who may be interrupted, which closes the channel that
/// he uses. What becomes of a database must not depend on that.
public final class Uninterrupted {
  private Uninterrupted() {}

  /// Something that opens the channels it needs, and does no harm when it is done again.
  @FunctionalInterface
  public interface Task<T> {
    T run() throws IOException;
  }

  /// Does it again after each interrupt, until it has ended; the thread is interrupted then.
  public static <T> T run(Task<T> task) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return task.run();
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
