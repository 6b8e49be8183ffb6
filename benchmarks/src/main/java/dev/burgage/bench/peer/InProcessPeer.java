package dev.burgage.bench.peer;

import dev.burgage.bench.load.Extent;
import dev.burgage.bench.measure.CpuWindow;
import dev.burgage.bench.worker.Command;
import dev.burgage.bench.worker.WorkerMain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// SQLite by JDBC inside one JVM, no HTTP: what is under every other SQLite figure. Connections are
/// threads here.
final class InProcessPeer implements Peer {
  private static final Duration ANSWER_MAX = Duration.ofMinutes(5);
  private static final int WARM_UP = 50_000;

  private final ChildProcess worker;

  private InProcessPeer(ChildProcess worker) {
    this.worker = worker;
  }

  static Peer start(Workplace workplace) throws IOException {
    Path folder = workplace.makeFolder("in-process");
    var worker = ChildProcess.start(workplace.java(WorkerMain.class), Map.of(), folder);
    worker.awaitJson(ANSWER_MAX);
    worker.ask(
        new Command("sqlite-open", folder.toString(), "", 0, Requests.ROWS, 0, 0), ANSWER_MAX);
    return new InProcessPeer(worker);
  }

  @Override
  public String name() {
    return "in-process-jdbc";
  }

  @Override
  public int warmUpRequests() {
    return WARM_UP;
  }

  @Override
  public Measured measure(Operation operation, int connections, Extent extent) throws IOException {
    long millis = Math.min(extent.timeMax().toMillis(), ANSWER_MAX.toMillis() / 2);
    var command =
        new Command(
            "sqlite-run", "", operation.toString(), connections, extent.requestsMax(), millis, 0);
    CpuWindow window = CpuWindow.open(List.of(worker.pid()));
    JsonNode answer = worker.ask(command, ANSWER_MAX);
    CpuWindow.Used used = window.close();
    long requests = answer.path("requests").asLong();
    return new Measured(
        requests,
        requests * 1e9 / answer.path("elapsedNanos").asLong(),
        answer.path("p50Nanos").asLong() / 1e3,
        answer.path("p99Nanos").asLong() / 1e3,
        used.measuredMicros() / requests,
        used.otherPercent(),
        /* errors= */ 0,
        /* firstError= */ null);
  }

  @Override
  public void close() throws IOException {
    worker.close();
  }
}
