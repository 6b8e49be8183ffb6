package dev.burgage.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A whole node as a process of its own.
final class KilledProcess {
  private static final String READY = " ready at ";

  private final Process process;
  private final CompletableFuture<URI> ready = new CompletableFuture<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Thread reader;

  KilledProcess(Map<String, String> settings) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                NodeMain.class.getName())
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(settings);
    process = builder.start();
    reader = Thread.ofVirtual().start(this::read);
  }

  private void read() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        int at = line.indexOf(READY);
        if (at >= 0) {
          ready.complete(URI.create(line.substring(at + READY.length())));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ready.completeExceptionally(new IOException("the node ended: " + said));
    }
  }

  URI url() throws InterruptedException, ExecutionException, TimeoutException {
    return ready.get(2, TimeUnit.MINUTES);
  }

  /// Fails if it has ended by itself.
  void requireAlive() throws InterruptedException {
    if (process.waitFor(1, TimeUnit.SECONDS)) {
      reader.join();
      throw new AssertionError(
          "the node ended by itself with status %d: %s".formatted(process.exitValue(), said));
    }
  }

  /// What it has printed.
  List<String> said() {
    return said;
  }

  /// SIGKILL, or SIGTERM.
  void end(boolean atOnce) throws InterruptedException {
    if (atOnce) {
      process.toHandle().destroyForcibly();
    } else {
      process.destroy();
    }
    process.waitFor();
    reader.join();
  }
}
