package dev.burgage.bench.peer;

import dev.burgage.bench.load.ClosedLoop;
import dev.burgage.bench.load.Extent;
import dev.burgage.bench.load.LoadResult;
import dev.burgage.bench.load.RequestSet;
import dev.burgage.bench.measure.CpuWindow;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/// A peer behind HTTP.
///
/// @param processes roots of the process trees whose CPU time counts
/// @param running what closing the peer closes
record HttpPeer(
    String name,
    int warmUpRequests,
    URI origin,
    List<Long> processes,
    Map<Operation, RequestSet> requests,
    Closeable running)
    implements Peer {
  @Override
  public Measured measure(Operation operation, int connections, Extent extent) throws IOException {
    RequestSet set = requests.get(operation);
    if (set == null) {
      throw new IllegalArgumentException(name + " does not answer " + operation);
    }
    CpuWindow window = CpuWindow.open(processes);
    LoadResult load = ClosedLoop.run(origin, set, connections, extent);
    CpuWindow.Used used = window.close();
    return new Measured(
        load.requests(),
        load.requestsPerSecond(),
        load.micros(50),
        load.micros(99),
        used.measuredMicros() / load.requests(),
        used.otherPercent(),
        load.errors(),
        load.firstError());
  }

  @Override
  public void close() throws IOException {
    running.close();
  }
}
