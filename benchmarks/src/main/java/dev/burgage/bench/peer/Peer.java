package dev.burgage.bench.peer;

import dev.burgage.bench.load.Extent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A running system that answers the two operations.
public interface Peer extends AutoCloseable {
  String name();

  /// Requests of each operation until its CPU per request has settled: the JIT counts calls.
  int warmUpRequests();

  /// Runs load and measures it.
  ///
  /// @throws IOException if the peer does not answer
  Measured measure(Operation operation, int connections, Extent extent) throws IOException;

  @Override
  void close() throws IOException;

  /// @param otherPercent CPU used by processes that have no part in this, in percent of all
  /// @param firstError for people, null if there was none
  record Measured(
      long requests,
      double requestsPerSecond,
      double p50Micros,
      double p99Micros,
      double cpuMicrosPerRequest,
      double otherPercent,
      long errors,
      @Nullable String firstError) {}
}
