package dev.burgage.example.chinook;

import static dev.burgage.example.chinook.StepFailedException.require;

import dev.burgage.client.Burgage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The program behind `./burgage demo`: starts the real server, tells the story, and serves on
/// until Ctrl-C, or stops at once with `--once`.
final class ChinookDemo {
  /// The launcher's path, for starting the server.
  private static final String LAUNCHER = "burgage.launcher";

  /// Whether standard output is a terminal; the launcher knows, the JVM can only ask for both ends.
  private static final String TERMINAL = "burgage.terminal";

  private final DemoOptions options;
  private final Map<String, String> environment;
  private final Terminal terminal;
  private volatile boolean leaving;

  private ChinookDemo(DemoOptions options, Map<String, String> environment, Terminal terminal) {
    this.options = options;
    this.environment = environment;
    this.terminal = terminal;
  }

  /// Status 0 if every step was right, 1 if not, 2 for options that do not exist.
  public static void main(String[] arguments) throws InterruptedException, IOException {
    DemoOptions options;
    try {
      options = DemoOptions.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println("burgage demo: " + e.getMessage() + "; see burgage demo --help");
      System.exit(2);
      return;
    }
    boolean colour = Terminal.wantsColour(System.getenv(), Boolean.getBoolean(TERMINAL));
    Terminal terminal = new Terminal(System.out, System::nanoTime, colour);
    System.exit(new ChinookDemo(options, System.getenv(), terminal).run());
  }

  private int run() throws InterruptedException, IOException {
    terminal.heading("Burgage demo: a database of its own for every tenant of a music-store SaaS");
    ServerProcess server;
    try {
      server = launch();
    } catch (StepFailedException e) {
      terminal.line(String.valueOf(e.getMessage()));
      return 1;
    }
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> leave(server)));
    try {
      tell(server);
    } catch (StepFailedException _) {
      terminal.line("The server's log is in " + server.log());
      return 1;
    }
    return options.once() ? stop(server) : serve(server);
  }

  private ServerProcess launch() throws IOException {
    String launcher = System.getProperty(LAUNCHER, "");
    require(!launcher.isEmpty(), "start the demo with ./burgage demo");
    Path data = options.data().toAbsolutePath().normalize();
    int port = options.port() == 0 ? freePort() : options.port();
    require(
        !isTaken(port),
        "port %d is in use: stop what runs there (a burgage dev?), or choose another with --port",
        port);
    terminal.line("starting a control plane, a PostgreSQL and a node; data in " + data);
    return ServerProcess.start(launcher, port, data, System::nanoTime);
  }

  // The node's port is the one after.
  private static int freePort() throws IOException {
    while (true) {
      try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        int port = first.getLocalPort();
        if (port < 65_535 && !isTaken(port + 1)) {
          return port;
        }
      }
    }
  }

  private static boolean isTaken(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  private void tell(ServerProcess server) throws IOException {
    terminal.step("server", () -> ready(server));
    String token = token(server);
    try (Burgage burgage = connect(server, token)) {
      Stage stage = new Stage(burgage, () -> connect(server, token), terminal, System::nanoTime);
      new Story(stage).tell();
    }
    if (!options.once()) {
      showNext(server);
    }
  }

  private static String ready(ServerProcess server) throws IOException, InterruptedException {
    ProcessHandle node = server.awaitReady();
    return "ready at %s; processes: control plane %d, node %d"
        .formatted(server.url(), server.pid(), node.pid());
  }

  private static Burgage connect(ServerProcess server, String token) {
    return Burgage.builder(server.url(), token).retryFor(Duration.ofSeconds(30)).build();
  }

  private String token(ServerProcess server) throws IOException {
    String given = environment.getOrDefault("BURGAGE_TOKEN", "");
    return given.isEmpty() ? Files.readString(server.tokenFile()).strip() : given;
  }

  private void showNext(ServerProcess server) {
    boolean given = !environment.getOrDefault("BURGAGE_TOKEN", "").isEmpty();
    String token = given ? "$BURGAGE_TOKEN" : "$(cat " + server.tokenFile() + ")";
    String tenants = server.url() + "/v1/pools/" + Stage.POOL + "/tenants";
    String curl = "curl -sH \"Authorization: Bearer $T\" -H 'Content-Type: application/json' ";
    terminal.heading(
        "It keeps serving at " + server.url() + " until Ctrl-C. Try, in another terminal:");
    terminal.line("T=" + token + (given ? "" : "   # the admin token"));
    terminal.line(curl + tenants);
    terminal.line(curl + tenants + " -d '{\"id\":\"hooli\"}'");
    terminal.line(
        curl
            + tenants
            + "/acme/query -d '{\"sql\":\"SELECT Name FROM Artist WHERE Name LIKE ?\","
            + "\"params\":[\"The%\"]}'");
  }

  private int stop(ServerProcess server) {
    try {
      terminal.heading("The end");
      terminal.step(
          "stopping",
          () -> {
            require(server.stop(), "the server, or its node, did not stop in time");
            return "every step was right; server and node have stopped";
          });
      return 0;
    } catch (StepFailedException _) {
      return 1;
    }
  }

  // Runs at every end: Ctrl-C, which the server got too if it came from a terminal, or our own.
  private void leave(ServerProcess server) {
    leaving = true;
    if (server.isRunning()) {
      terminal.line("stopping the server ...");
    }
    server.close();
  }

  private int serve(ServerProcess server) throws InterruptedException {
    int status = server.awaitEnd();
    if (leaving) {
      return 0;
    }
    terminal.line("The server ended with status " + status + "; its log is in " + server.log());
    return 1;
  }
}
