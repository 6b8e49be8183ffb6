package dev.burgage.system;

import dev.burgage.client.Burgage;
import dev.burgage.client.Tenant;
import dev.burgage.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A cell of real processes: `burgage dev` (a control plane with its PostgreSQL and `node-1`) and,
/// if wanted, `node-2` from `burgage node`. Nobody but the test looks after the control plane and
/// `node-2`. Closing it ends every process that it ever had.
final class Cell implements AutoCloseable {
  static final String TOKEN = "a-token-for-system-tests";
  static final String POOL = "shop";

  private static final Duration STOP_LONGEST = Duration.ofMinutes(1);

  private final Launcher launcher;
  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final int port = Launcher.freePort();
  private final int node2Port = Launcher.freePort();
  private final CellNode node1;
  private final CellNode node2;
  private final List<Burgage> connections = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private String node2Token = "";
  private @Nullable Process controlPlane;
  private @Nullable Process joined;

  /// @param folder a fresh one
  /// @param settings `BURGAGE_*` variables of the control plane, beside those of every test
  Cell(String test, Path folder, Map<String, String> settings) {
    this.launcher = new Launcher(test);
    this.folder = folder;
    this.node1 = new CellNode("node-1", folder.resolve("cell/node-1"));
    this.node2 = new CellNode("node-2", folder.resolve("node-2"));
    environment.put("BURGAGE_TOKEN", TOKEN);
    environment.put("BURGAGE_LOCAL_NODE_PORT", Integer.toString(Launcher.freePort()));
    environment.put("BURGAGE_METADATA_BINARIES", System.getProperty("burgage.postgresql", ""));
    // Short-lived JVMs on a machine that has other work: the first compiler is enough.
    environment.put("BURGAGE_CONTROL_PLANE_JAVA_OPTS", "-Xmx512m -XX:TieredStopAtLevel=1");
    environment.put("BURGAGE_NODE_JAVA_OPTS", "-Xmx512m -XX:TieredStopAtLevel=1");
    environment.putAll(settings);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  CellNode node1() {
    return node1;
  }

  CellNode node2() {
    return node2;
  }

  CellNode node(String name) {
    return name.equals(node1.name()) ? node1 : node2;
  }

  /// Starts `burgage dev` and returns when it is ready.
  void startControlPlane() {
    controlPlane =
        launcher.start(
            environment,
            "dev",
            "--port",
            Integer.toString(port),
            "--data",
            folder.resolve("cell").toString());
    awaitReady();
  }

  void awaitReady() {
    Await.until(
        "the control plane is ready; logs: " + launcher.logs(),
        () -> {
          if (!controlPlane().isAlive()) {
            throw new IllegalStateException("the control plane has ended");
          }
          return status("GET", url().resolve("/actuator/health/readiness")) == 200;
        });
    postgres();
    node1.process();
  }

  /// Registers `node-2` and starts it.
  void joinNode2() {
    try {
      HttpResponse<String> answer =
          http.send(
              request(url().resolve("/v1/nodes"))
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString("{\"name\":\"node-2\"}"))
                  .build(),
              BodyHandlers.ofString());
      node2Token = Json.mapper().readTree(answer.body()).path("token").asString();
    } catch (IOException e) {
      throw new IllegalStateException("cannot register node-2", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    startNode2();
    Await.until("the control plane sees node-2", () -> nodeState("node-2").equals("live"));
  }

  /// As an init system would, with the token that it has. Returns when it answers.
  void startNode2() {
    Map<String, String> own =
        Map.of(
            "BURGAGE_NODE_TOKEN",
            node2Token,
            "BURGAGE_NODE_JAVA_OPTS",
            environment.getOrDefault("BURGAGE_NODE_JAVA_OPTS", ""));
    Process process =
        launcher.start(
            own,
            "node",
            "--port",
            Integer.toString(node2Port),
            "--data",
            node2.folder().toString(),
            "--control-plane",
            url().toString());
    joined = process;
    Await.until(
        "node-2 is ready; logs: " + launcher.logs(),
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("node-2 has ended");
          }
          URI readiness =
              URI.create("http://127.0.0.1:" + node2Port + "/actuator/health/readiness");
          return status("GET", readiness) == 200;
        });
  }

  private String nodeState(String name) throws IOException, InterruptedException {
    String list =
        http.send(request(url().resolve("/v1/nodes")).build(), BodyHandlers.ofString()).body();
    for (JsonNode node : Json.mapper().readTree(list)) {
      if (node.path("name").asString().equals(name)) {
        return node.path("state").asString();
      }
    }
    return "unknown";
  }

  private int status(String method, URI uri) throws IOException, InterruptedException {
    HttpRequest request = request(uri).method(method, BodyPublishers.noBody()).build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private static HttpRequest.Builder request(URI uri) {
    return HttpRequest.newBuilder(uri)
        .timeout(Duration.ofSeconds(20))
        .header("Authorization", "Bearer " + TOKEN);
  }

  CellProcess controlPlane() {
    if (controlPlane == null) {
      throw new IllegalStateException("the control plane was not started");
    }
    return new CellProcess("control plane", controlPlane.toHandle());
  }

  /// @throws IllegalStateException if there is none
  CellProcess postgres() {
    return findPostgres().orElseThrow(() -> new IllegalStateException("PostgreSQL is gone"));
  }

  private Optional<CellProcess> findPostgres() {
    Path data = folder.resolve("cell/postgres/data");
    try {
      long pid =
          Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
      return CellProcess.find("PostgreSQL", pid, data).map(Launcher::known);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read postmaster.pid", e);
    }
  }

  CellProcess awaitPostgresOtherThan(CellProcess old) {
    Await.until("a new PostgreSQL", () -> postgres().pid() != old.pid());
    return postgres();
  }

  /// A connection whose statements go to the control plane; closed with the cell.
  Burgage connect() {
    return keep(Burgage.builder(url(), TOKEN));
  }

  /// A connection whose statements go to a node.
  Burgage connect(CellNode node) {
    return keep(Burgage.builder(url(), TOKEN).queryUrl(node.url()));
  }

  /// A connection made otherwise.
  Burgage keep(Burgage.Builder builder) {
    Burgage connection = builder.build();
    synchronized (connections) {
      connections.add(connection);
    }
    return connection;
  }

  /// The name of the file that a tenant's node has for it.
  static String fileOf(Tenant tenant) {
    return "%s-%d.db".formatted(tenant.database(), tenant.generation());
  }

  /// SIGTERM to the control plane; it takes PostgreSQL and `node-1` along.
  void stop() {
    if (joined != null) {
      stop(joined);
    }
    if (controlPlane != null) {
      stop(controlPlane);
    }
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(STOP_LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    connections.forEach(Burgage::close);
    stop();
    // What a killed control plane left behind.
    node1.find().ifPresent(CellProcess::kill);
    node2.find().ifPresent(CellProcess::kill);
    findPostgres().ifPresent(CellProcess::kill);
    http.close();
  }
}
