package dev.burgage.bench.peer;

import dev.burgage.bench.measure.CpuWindow;
import dev.burgage.bench.worker.Command;
import dev.burgage.bench.worker.WorkerMain;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A child JVM with many databases in it, into which clients in the same JVM insert.
public final class CommitPeer implements Closeable {
  /// The pool of Burgage's tenants, `t0000` and on.
  public static final String POOL = "commits";

  private static final Duration ANSWER_MAX = Duration.ofMinutes(10);
  private static final String MODULE = "benchmarks/peers/embedded-node";
  private static final String EMBEDDED = "dev.burgage.bench.embedded.EmbeddedNodeMain";

  private final String name;
  private final String threads;
  private final ChildProcess process;
  private final @Nullable SlowFlush flush;

  private CommitPeer(String name, String threads, ChildProcess process, @Nullable SlowFlush flush) {
    this.name = name;
    this.threads = threads;
    this.process = process;
    this.flush = flush;
  }

  /// Why no node can be started in a process here, or empty.
  public static Optional<String> missing(Workplace workplace) {
    Path file = module(workplace).resolve("target/class-path.txt");
    return Files.exists(file)
        ? Optional.empty()
        : Optional.of("it is not built: there is no " + file);
  }

  private static Path module(Workplace workplace) {
    return workplace.root().resolve(MODULE);
  }

  /// SQLite's own files, each with an fsync a commit; clients are threads of the system, because
  /// each waits in native code.
  ///
  /// @param library of [SlowFlush]; null for the disk as it is
  public static CommitPeer ofFiles(Workplace workplace, int databases, @Nullable Path library)
      throws IOException {
    Path folder = workplace.makeFolder("full-files");
    SlowFlush flush = library == null ? null : SlowFlush.in(folder, library);
    var process = ChildProcess.start(workplace.java(WorkerMain.class), environment(flush), folder);
    process.awaitJson(ANSWER_MAX);
    var peer = new CommitPeer("sqlite-full", "platform", process, flush);
    peer.open(folder, databases);
    return peer;
  }

  /// A node in the process, as one of the cell, with the cell's tenants.
  ///
  /// @param library of [SlowFlush]; null for the disk as it is
  public static CommitPeer ofNode(
      Workplace workplace, BurgageCell cell, int databases, @Nullable Path library)
      throws IOException {
    Path folder = workplace.makeFolder("embedded-node");
    SlowFlush flush = library == null ? null : SlowFlush.in(folder, library);
    Map<String, String> environment = new HashMap<>(environment(flush));
    environment.putAll(cell.nodeEnvironment("embedded"));
    environment.put("BURGAGE_DATA", folder.resolve("data").toString());
    environment.put("BURGAGE_NODE_OPEN_DATABASES", Integer.toString(2 * databases));
    Path classPath = module(workplace).resolve("target/class-path.txt");
    List<String> command =
        workplace.java(
            module(workplace).resolve("target/classes") + ":" + Files.readString(classPath).strip(),
            EMBEDDED,
            POOL);
    var process = ChildProcess.start(command, environment, folder);
    process.awaitJson(ANSWER_MAX);
    cell.awaitLive("embedded", process);
    for (int i = 0; i < databases; i++) {
      cell.api().createTenant(POOL, "t%04d".formatted(i));
    }
    var peer = new CommitPeer("burgage-embedded", "virtual", process, flush);
    peer.open(folder, databases);
    return peer;
  }

  private static Map<String, String> environment(@Nullable SlowFlush flush) {
    return flush == null ? Map.of() : flush.environment();
  }

  private void open(Path folder, int databases) throws IOException {
    ask(new Command("commits-open", folder.toString(), "", 0, databases, 0, 0));
  }

  private JsonNode ask(Command command) throws IOException {
    return process.ask(command, ANSWER_MAX);
  }

  public String name() {
    return name;
  }

  /// How long a flush takes longer from now on. Nothing happens to the disk as it is.
  public void slow(int micros, boolean oneByOne) throws IOException {
    if (flush != null) {
      flush.set(micros, oneByOne);
    }
  }

  /// @param count commits at most
  public Map<String, Double> run(int clients, long count, Duration time) throws IOException {
    long before = flush == null ? 0 : flush.calls();
    CpuWindow window = CpuWindow.open(List.of(process.pid()));
    JsonNode answer =
        ask(new Command("commits-run", "", threads, clients, count, time.toMillis(), 0));
    CpuWindow.Used used = window.close();
    double commits = answer.path("requests").asLong();
    var figures = new LinkedHashMap<String, Double>();
    figures.put("commitsPerSecond", commits * 1e9 / answer.path("elapsedNanos").asLong());
    figures.put("p50Micros", answer.path("p50Nanos").asLong() / 1e3);
    figures.put("p99Micros", answer.path("p99Nanos").asLong() / 1e3);
    figures.put("cpuMicrosPerCommit", used.measuredMicros() / commits);
    if (flush != null) {
      figures.put("flushesPerCommit", (flush.calls() - before) / commits);
    }
    figures.put("otherPercent", used.otherPercent());
    return figures;
  }

  /// Counts what is there, before and after all is closed and opened again.
  ///
  /// @return rows
  /// @throws IOException if a database has not exactly what was acknowledged
  public long check() throws IOException {
    return ask(new Command("commits-check", "", "", 0, 0, 0, 0)).path("rows").asLong();
  }

  @Override
  public void close() throws IOException {
    process.close();
    if (flush != null) {
      flush.close();
    }
  }
}
