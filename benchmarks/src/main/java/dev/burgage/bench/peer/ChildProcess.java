package dev.burgage.bench.peer;

import dev.burgage.bench.measure.ProcessTree;
import dev.burgage.protocol.Json;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A process that we started, with its output in a log file. Closing it asks it to stop and, should
/// it not, kills it and what it started, all by pid. It does not outlive this JVM.
public final class ChildProcess implements Closeable {
  private static final Duration STOP_MAX = Duration.ofSeconds(20);
  private static final String END = "\0end";

  private final Process process;
  private final Path log;
  private final Writer input;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final Thread stopsWithUs = new Thread(this::stop);

  private ChildProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
  }

  /// @param environment added to our own
  /// @param folder its working folder, and where its log goes
  public static ChildProcess start(
      List<String> command, Map<String, String> environment, Path folder) throws IOException {
    Path log = folder.resolve("output.log");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    var child = new ChildProcess(builder.start(), log);
    Runtime.getRuntime().addShutdownHook(child.stopsWithUs);
    Thread.ofPlatform().daemon().name("output of " + child.pid()).start(child::pump);
    return child;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// The next line of output that is a JSON object; other lines are passed over.
  public JsonNode awaitJson(Duration timeMax) throws IOException {
    long end = System.nanoTime() + timeMax.toNanos();
    while (true) {
      Optional<JsonNode> json = parse(nextLine(end));
      if (json.isPresent()) {
        return json.get();
      }
    }
  }

  /// Sends a line and waits for the JSON line that answers it.
  public JsonNode ask(Object command, Duration timeMax) throws IOException {
    input.write(new String(Json.bytes(command), StandardCharsets.UTF_8) + "\n");
    input.flush();
    return awaitJson(timeMax);
  }

  /// The end of its log, for error messages.
  public String logTail() {
    try {
      List<String> all = Files.readAllLines(log);
      return String.join("\n", all.subList(Math.max(0, all.size() - 30), all.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(stopsWithUs);
    stop();
    input.close();
  }

  private void stop() {
    List<ProcessHandle> all =
        new ProcessTree(List.of(pid()))
            .pids().stream().flatMap(id -> ProcessHandle.of(id).stream()).toList();
    // Not Process.destroy(): it closes the output before the last lines are read.
    process.toHandle().destroy();
    long end = System.nanoTime() + STOP_MAX.toNanos();
    for (ProcessHandle one : all) {
      if (!endsBefore(one, end)) {
        one.destroyForcibly();
      }
    }
  }

  private static boolean endsBefore(ProcessHandle process, long end) {
    try {
      process.onExit().get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  private String nextLine(long end) throws IOException {
    try {
      String line = lines.poll(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new IOException("process %d said nothing in time:\n%s".formatted(pid(), logTail()));
      }
      if (line.equals(END)) {
        throw new IOException("process %d ended:\n%s".formatted(pid(), logTail()));
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Optional<JsonNode> parse(String line) {
    if (!line.startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.mapper().readTree(line));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private void pump() {
    try (var output =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        var copy =
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        copy.write(line);
        copy.newLine();
        copy.flush();
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lines.add(END);
    }
  }
}
