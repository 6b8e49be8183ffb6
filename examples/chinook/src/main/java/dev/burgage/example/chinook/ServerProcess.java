package dev.burgage.example.chinook;

import static dev.burgage.example.chinook.StepFailedException.require;

import dev.burgage.protocol.Json;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/// The real server, `burgage dev`, as a child process: a control plane that starts PostgreSQL and a
/// node as processes of their own. Its output goes to a file.
final class ServerProcess implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofMinutes(3);
  private static final Duration STOP_MAX = Duration.ofSeconds(40);
  private static final int LOG_LINES_SHOWN = 15;

  private final Process process;
  private final URI url;
  private final Path data;
  private final Path log;
  private final LongSupplier nanoTime;

  private ServerProcess(Process process, URI url, Path data, Path log, LongSupplier nanoTime) {
    this.process = process;
    this.url = url;
    this.data = data;
    this.log = log;
    this.nanoTime = nanoTime;
  }

  /// What a node writes into its data folder.
  private record NodeFile(long pid, URI url) {}

  static ServerProcess start(String launcher, int port, Path data, LongSupplier nanoTime)
      throws IOException {
    Path log = data.resolve("demo.log");
    Files.createDirectories(data);
    ProcessBuilder builder =
        new ProcessBuilder(
            launcher, "dev", "--port", String.valueOf(port), "--data", data.toString());
    // The demo was started by the launcher, which has built everything a moment ago.
    builder.environment().put("BURGAGE_SKIP_BUILD", "1");
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    URI url = URI.create("http://127.0.0.1:" + port);
    return new ServerProcess(builder.start(), url, data, log, nanoTime);
  }

  URI url() {
    return url;
  }

  long pid() {
    return process.pid();
  }

  Path log() {
    return log;
  }

  Path tokenFile() {
    return data.resolve("token");
  }

  /// Waits until the API is ready and the node runs.
  ///
  /// @return the node's process
  ProcessHandle awaitReady() throws InterruptedException, IOException {
    long deadline = nanoTime.getAsLong() + START_MAX.toNanos();
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (!isReady(http)) {
        checkStarting(deadline, "is not ready");
      }
    }
    Optional<ProcessHandle> node = node();
    while (node.isEmpty()) {
      checkStarting(deadline, "has no node");
      node = node();
    }
    return node.get();
  }

  private boolean isReady(HttpClient http) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  private void checkStarting(long deadline, String trouble) throws InterruptedException {
    boolean ended = process.waitFor(100, TimeUnit.MILLISECONDS);
    require(!ended, "the server ended with status %d; %s", ended ? process.exitValue() : 0, tail());
    require(
        nanoTime.getAsLong() < deadline, "the server %s after %s; %s", trouble, START_MAX, tail());
  }

  private Optional<ProcessHandle> node() throws IOException {
    try (Stream<Path> files = Files.find(data, 3, (f, _) -> f.endsWith("node.json"))) {
      return files.flatMap(f -> running(f).stream()).findFirst();
    } catch (UncheckedIOException _) {
      // A folder came or went while we looked.
      return Optional.empty();
    }
  }

  private Optional<ProcessHandle> running(Path file) {
    try {
      long pid = Json.read(Files.readAllBytes(file), NodeFile.class).pid();
      return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(ServerProcess::isNode);
    } catch (IOException | JacksonException _) {
      return Optional.empty();
    }
  }

  // The file of a node that was killed may name a process that has nothing to do with us. A node
  // may have outlived the control plane that started it, and be found again: it is no child then.
  private static boolean isNode(ProcessHandle candidate) {
    return candidate.info().commandLine().orElse("").contains("dev.burgage.node.");
  }

  private String tail() {
    try {
      List<String> lines = Files.readAllLines(log);
      int from = Math.max(0, lines.size() - LOG_LINES_SHOWN);
      return "the end of %s:%n%s"
          .formatted(log, String.join(System.lineSeparator(), lines.subList(from, lines.size())));
    } catch (IOException e) {
      return log + " cannot be read: " + e.getMessage();
    }
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /// Waits until the server ends by itself.
  int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  /// Asks the server to stop and waits until it and all its children are gone.
  ///
  /// @return whether that happened in time
  boolean stop() throws InterruptedException, IOException {
    List<ProcessHandle> family = Stream.concat(process.descendants(), node().stream()).toList();
    process.destroy();
    boolean ended = process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS);
    return ended && family.stream().noneMatch(ServerProcess::outlives);
  }

  private static boolean outlives(ProcessHandle child) {
    try {
      child.onExit().get(10, TimeUnit.SECONDS);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } catch (ExecutionException | TimeoutException _) {
      return true;
    }
  }

  /// Stops the server, and kills it if it does not.
  @Override
  public void close() {
    if (!process.isAlive()) {
      return;
    }
    try {
      stop();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException _) {
      // It is killed all the same.
    } finally {
      process.destroyForcibly();
    }
  }
}
