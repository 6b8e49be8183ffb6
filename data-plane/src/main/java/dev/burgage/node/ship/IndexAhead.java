package dev.burgage.node.ship;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Reads the indexes of many slices, some of them before they are asked for: a restore looks into
/// hundreds, and a store takes its time for each. For one thread.
final class IndexAhead implements AutoCloseable {
  private static final int AHEAD_MAX = 16;

  private final RunReader reader;
  private final Iterator<ObjectPart> parts;
  private final Queue<Future<List<Run>>> reading = new ArrayDeque<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param parts in the order in which they will be asked for
  IndexAhead(RunReader reader, List<ObjectPart> parts) {
    this.reader = reader;
    this.parts = parts.iterator();
    while (reading.size() < AHEAD_MAX && this.parts.hasNext()) {
      readNext();
    }
  }

  private void readNext() {
    ObjectPart part = parts.next();
    reading.add(threads.submit(() -> reader.index(part)));
  }

  /// The runs of the next part.
  List<Run> next() throws IOException {
    Future<List<Run>> first = reading.remove();
    if (parts.hasNext()) {
      readNext();
    }
    try {
      return first.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while indexes were read", e);
    }
  }

  @Override
  public void close() {
    reading.forEach(one -> one.cancel(/* mayInterruptIfRunning= */ true));
    threads.close();
  }
}
