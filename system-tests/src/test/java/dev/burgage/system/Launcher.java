package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Starts commands of the real `./burgage` on what the build has packaged. It replaces itself by
/// the JVM that was asked for, so its process id is that of the role. Whatever was started here, or
/// was [#known], is dead when this JVM ends in an orderly way.
final class Launcher {
  /// A build that runs in the background has SIGINT ignored, and its children inherit that: a JVM
  /// among them would never hear Ctrl-C.
  private static final List<String> DEFAULT_INTERRUPT = List.of("env", "--default-signal=INT");

  private static final Path PROGRAM = Path.of(property("burgage.launcher")).normalize();
  private static final Path LOGS = Path.of(property("burgage.logs"));
  private static final Set<CellProcess> KNOWN = ConcurrentHashMap.newKeySet();
  private static final AtomicInteger LOG_NUMBERS = new AtomicInteger();
  // Below those that the kernel gives to outgoing connections: free again after a restart.
  private static final int PORT_LEAST = 20_000;
  private static final int PORT_MOST = 32_000;
  private static final Duration RUN_LONGEST = Duration.ofMinutes(3);

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Launcher::killKnown));
  }

  private final String test;

  /// @param test names the logs; those of an earlier run are removed
  Launcher(String test) {
    this.test = test;
    try {
      Files.createDirectories(LOGS);
      for (Path old : listLogs()) {
        Files.delete(old);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear " + LOGS, e);
    }
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(
          name + " is not set; run these tests with ./mvnw verify -pl system-tests -am");
    }
    return value;
  }

  private static void killKnown() {
    KNOWN.stream().filter(CellProcess::isAlive).forEach(p -> p.handle().destroyForcibly());
  }

  /// A process that somebody else started and that is not to outlive this JVM.
  static CellProcess known(CellProcess process) {
    KNOWN.add(process);
    return process;
  }

  static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(PORT_LEAST, PORT_MOST);
      try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // taken; another one
      }
    }
  }

  /// @param environment beside what we inherited, of which nothing that is meant for Burgage is
  ///   kept
  Process start(Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(DEFAULT_INTERRUPT);
    command.add(PROGRAM.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("BURGAGE_"));
    builder.environment().put("BURGAGE_SKIP_BUILD", "1");
    builder.environment().put("BURGAGE_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    try {
      builder.redirectInput(new File("/dev/null"));
      builder.redirectErrorStream(true).redirectOutput(newLog(arguments[0]).toFile());
      Process process = builder.start();
      known(new CellProcess(arguments[0], process.toHandle()));
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command, e);
    }
  }

  /// Runs a command that ends by itself; fails unless its exit status is 0.
  void run(Map<String, String> environment, String... arguments) throws InterruptedException {
    Process process = start(environment, arguments);
    try {
      assertThat(process.waitFor(RUN_LONGEST.toSeconds(), TimeUnit.SECONDS))
          .as("%s ends; %s", arguments[0], logs())
          .isTrue();
      assertThat(process.exitValue()).as("its exit status; " + logs()).isZero();
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }

  private Path newLog(String command) {
    return LOGS.resolve("%s-%02d-%s.log".formatted(test, LOG_NUMBERS.incrementAndGet(), command));
  }

  /// The logs of this test, for messages.
  String logs() {
    try {
      return listLogs().toString();
    } catch (IOException e) {
      return LOGS.toString();
    }
  }

  private List<Path> listLogs() throws IOException {
    try (Stream<Path> files = Files.list(LOGS)) {
      return files.filter(f -> f.getFileName().toString().startsWith(test + "-")).sorted().toList();
    }
  }
}
