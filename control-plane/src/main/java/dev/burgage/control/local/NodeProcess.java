package dev.burgage.control.local;

import dev.burgage.protocol.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Starts the node's program, and finds one that runs on the same folder already. That one is known
/// by the lock that it holds on `node.lock`: a process id alone may be somebody else's by now.
final class NodeProcess {
  private final List<String> command;
  private final int port;
  private final Path folder;
  private final PrintStream output;

  /// @param output takes what the node prints, line by line
  NodeProcess(LocalSettings settings, Path folder, PrintStream output) {
    this.command = settings.command();
    this.port = settings.nodePort();
    this.folder = folder;
    this.output = output;
  }

  Process start(Map<String, String> environment) throws IOException {
    Files.createDirectories(folder);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    var all = new HashMap<>(environment);
    all.put("BURGAGE_DATA", folder.toString());
    all.put("BURGAGE_NODE_PORT", Integer.toString(port));
    builder.environment().putAll(all);
    // The node is a host for strangers' SQL: it gets no credentials but its own.
    builder.environment().keySet().removeIf(NodeProcess::isSecretOfOurs);
    Process process = builder.start();
    process.getOutputStream().close();
    Thread.ofVirtual().name("local-node-output").start(() -> pass(process));
    return process;
  }

  /// The node that holds the folder, if there is one.
  Optional<ProcessHandle> findRunning() throws IOException {
    Path lock = folder.resolve("node.lock");
    if (!Files.exists(lock) || isFree(lock)) {
      return Optional.empty();
    }
    try {
      JsonNode running = Json.read(Files.readAllBytes(folder.resolve("node.json")), JsonNode.class);
      return ProcessHandle.of(running.path("pid").asLong()).filter(ProcessHandle::isAlive);
    } catch (JacksonException e) {
      throw new IOException("another node holds " + folder + ", and its node.json is no JSON", e);
    }
  }

  private static boolean isFree(Path lock) throws IOException {
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      return held != null;
    }
  }

  private static boolean isSecretOfOurs(String name) {
    return name.equals("BURGAGE_TOKEN")
        || name.startsWith("BURGAGE_METADATA_")
        || name.equals("BURGAGE_HOST")
        || name.equals("BURGAGE_PORT");
  }

  private void pass(Process process) {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.println(line);
      }
    } catch (IOException e) {
      output.println("(the output of the local node ended: " + e.getMessage() + ")");
    }
  }
}
