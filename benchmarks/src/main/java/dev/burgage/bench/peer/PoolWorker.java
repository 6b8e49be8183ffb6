package dev.burgage.bench.peer;

import dev.burgage.bench.worker.Command;
import dev.burgage.bench.worker.WorkerMain;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A child JVM that migrates a folder of equal SQLite files, by a loop of stock Flyway or by the
/// bare statements.
public final class PoolWorker implements Closeable {
  private static final Duration ANSWER_MAX = Duration.ofMinutes(30);

  private final String kind;
  private final int threads;
  private final Path folder;
  private final ChildProcess worker;

  private PoolWorker(String kind, int threads, Path folder, ChildProcess worker) {
    this.kind = kind;
    this.threads = threads;
    this.folder = folder;
    this.worker = worker;
  }

  /// @param kind `flyway` or `jdbc`
  /// @param versions how many versions there will be; the files start at version 1
  public static PoolWorker start(
      Workplace workplace, String kind, int threads, int databases, int versions)
      throws IOException {
    Path folder = workplace.makeFolder("pool-" + kind);
    var worker = ChildProcess.start(workplace.java(WorkerMain.class), Map.of(), folder);
    worker.awaitJson(ANSWER_MAX);
    worker.ask(
        new Command("pool-create", folder.toString(), kind, 0, databases, 0, versions), ANSWER_MAX);
    return new PoolWorker(kind, threads, folder, worker);
  }

  public String name() {
    return name(kind, threads);
  }

  /// What such a worker is called in tables.
  public static String name(String kind, int threads) {
    String word = kind.equals("flyway") ? "flyway" : "bare-jdbc";
    return threads == 1 ? word + "-1-thread" : word + "-" + threads + "-threads";
  }

  public List<Long> processes() {
    return List.of(worker.pid());
  }

  /// Brings every file to the version.
  ///
  /// @return how long it took, in nanoseconds
  public long migrate(int version) throws IOException {
    JsonNode answer =
        worker.ask(
            new Command("pool-migrate", folder.toString(), kind, threads, 0, 0, version),
            ANSWER_MAX);
    return answer.path("elapsedNanos").asLong();
  }

  @Override
  public void close() throws IOException {
    worker.close();
  }
}
