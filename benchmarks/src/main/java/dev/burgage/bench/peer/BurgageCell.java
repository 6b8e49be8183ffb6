package dev.burgage.bench.peer;

import dev.burgage.bench.load.Connections;
import dev.burgage.bench.measure.ProcessTree;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// A whole Burgage: a control plane with its own PostgreSQL, and nodes, each a process of its own
/// on a free port, started by the same launcher that people use. This is the only place that knows
/// how Burgage's processes are started.
public final class BurgageCell implements Closeable {
  private static final Duration START_MAX = Duration.ofMinutes(3);
  private static final String NODE_PORT = "BURGAGE_NODE_PORT";
  private static final String TOKEN = "bga." + "b".repeat(43);

  private final Workplace workplace;
  private final Path folder;
  private final Member controlPlane;
  private final BurgageApi api;
  private final List<Member> nodes = new ArrayList<>();

  private BurgageCell(Workplace workplace, Path folder, Member controlPlane) {
    this.workplace = workplace;
    this.folder = folder;
    this.controlPlane = controlPlane;
    this.api = new BurgageApi(new Connections(controlPlane.url(), authorization()));
  }

  /// One process of the cell. Closing it stops the process; its data stays.
  ///
  /// @param role the launcher's word: `control-plane` or `node`
  /// @param environment what it was started with
  public record Member(
      String name,
      String role,
      URI url,
      Path data,
      Map<String, String> environment,
      ChildProcess process) {
    public Member {
      environment = Map.copyOf(environment);
    }
  }

  /// Why no Burgage can be started here, or empty.
  public static Optional<String> missing(Workplace workplace) {
    Path launcher = launcher(workplace);
    return Files.isExecutable(launcher)
        ? Optional.empty()
        : Optional.of("there is no launcher " + launcher);
  }

  /// @throws IOException if a process does not become ready
  public static BurgageCell start(Workplace workplace, int nodes) throws IOException {
    return start(workplace, Collections.nCopies(nodes, Map.of()));
  }

  /// @param nodeSettings for each node its `BURGAGE_*` variables beside those of every node
  /// @throws IOException if a process does not become ready
  public static BurgageCell start(Workplace workplace, List<Map<String, String>> nodeSettings)
      throws IOException {
    Path folder = workplace.makeFolder("burgage");
    int port = freePort();
    var environment = new HashMap<String, String>();
    environment.put("BURGAGE_PORT", Integer.toString(port));
    environment.put("BURGAGE_TOKEN", TOKEN);
    environment.put("BURGAGE_LOCAL_NODE", "false");
    Member controlPlane =
        launch(workplace, folder, "control-plane", "control-plane", port, environment);
    var cell = new BurgageCell(workplace, folder, controlPlane);
    try {
      for (int i = 0; i < nodeSettings.size(); i++) {
        cell.addNode("n" + (i + 1), nodeSettings.get(i));
      }
      return cell;
    } catch (IOException e) {
      cell.close();
      throw e;
    }
  }

  /// Headers that every request to the cell carries.
  public static Map<String, String> authorization() {
    return Map.of("Authorization", "Bearer " + TOKEN);
  }

  public BurgageApi api() {
    return api;
  }

  /// Its own PostgreSQL's statistics.
  public MetadataRows metadataRows() throws IOException {
    return MetadataRows.of(controlPlane.data().resolve("postgres"));
  }

  public Member controlPlane() {
    return controlPlane;
  }

  public URI url() {
    return controlPlane.url();
  }

  public List<Member> nodes() {
    return List.copyOf(nodes);
  }

  /// Stops a node and starts it again on the same data and port.
  public Member restart(Member node) throws IOException {
    node.process().close();
    Member again =
        await(
            new Member(
                node.name(),
                node.role(),
                node.url(),
                node.data(),
                node.environment(),
                spawn(workplace, node.role(), node.environment(), node.data())));
    nodes.set(nodes.indexOf(node), again);
    awaitLive(again);
    return again;
  }

  /// The roots of the cell's process trees. PostgreSQL is one of its own: it leaves its parent.
  public List<Long> processes() throws IOException {
    var roots = new ArrayList<>(nodes.stream().map(node -> node.process().pid()).toList());
    roots.addAll(controlPlaneProcesses());
    return roots;
  }

  /// The roots of the control plane's process trees, with its PostgreSQL.
  public List<Long> controlPlaneProcesses() throws IOException {
    var roots = new ArrayList<Long>();
    roots.add(controlPlane.process().pid());
    roots.addAll(postmasters(controlPlane.data()));
    return roots;
  }

  /// The processes of the cell by what they are: `node` (all nodes together), `controlPlane`,
  /// `postgresql`.
  public Map<String, ProcessTree> parts() throws IOException {
    var parts = new LinkedHashMap<String, ProcessTree>();
    parts.put("node", new ProcessTree(nodes.stream().map(node -> node.process().pid()).toList()));
    parts.put("controlPlane", new ProcessTree(List.of(controlPlane.process().pid())));
    parts.put("postgresql", new ProcessTree(postmasters(controlPlane.data())));
    return parts;
  }

  /// The flags of the first node's JVM.
  public List<String> nodeJvmFlags() {
    return new ProcessTree(List.of(nodes.getFirst().process().pid()))
        .jvm()
        .map(ProcessTree::jvmFlags)
        .orElse(Workplace.DEFAULT_JVM_FLAGS);
  }

  @Override
  public void close() throws IOException {
    api.close();
    for (Member node : nodes) {
      node.process().close();
    }
    controlPlane.process().close();
  }

  private void addNode(String name, Map<String, String> settings) throws IOException {
    var environment = new HashMap<>(settings);
    environment.putAll(nodeEnvironment(name));
    int port = Integer.parseInt(environment.get(NODE_PORT));
    Member node = launch(workplace, folder, name, "node", port, environment);
    nodes.add(node);
    awaitLive(node);
  }

  /// What a new node of the cell is started with, whoever starts it.
  public Map<String, String> nodeEnvironment(String name) throws IOException {
    return Map.of(
        "BURGAGE_NODE_TOKEN",
        api.registerNode(name),
        "BURGAGE_CONTROL_PLANE",
        controlPlane.url().toString(),
        NODE_PORT,
        Integer.toString(freePort()));
  }

  private void awaitLive(Member node) throws IOException {
    awaitLive(node.name(), node.process());
  }

  /// Waits until the control plane places tenants on the node.
  public void awaitLive(String node, ChildProcess process) throws IOException {
    long end = System.nanoTime() + START_MAX.toNanos();
    while (!api.isLive(node)) {
      if (System.nanoTime() > end) {
        throw new IOException("%s is not live:\n%s".formatted(node, process.logTail()));
      }
      pause();
    }
  }

  private static Member launch(
      Workplace workplace,
      Path folder,
      String name,
      String role,
      int port,
      Map<String, String> environment)
      throws IOException {
    Path data = Files.createDirectories(folder.resolve(name).resolve("data"));
    var all = new HashMap<>(environment);
    all.put("BURGAGE_DATA", data.toString());
    all.put("BURGAGE_JAVA_HOME", System.getProperty("java.home"));
    // What is measured is what was built before the run began.
    all.put("BURGAGE_SKIP_BUILD", "1");
    ChildProcess process = spawn(workplace, role, all, data);
    return await(
        new Member(name, role, URI.create("http://127.0.0.1:" + port), data, all, process));
  }

  private static ChildProcess spawn(
      Workplace workplace, String role, Map<String, String> environment, Path data)
      throws IOException {
    List<String> command = List.of(launcher(workplace).toString(), role);
    return ChildProcess.start(command, environment, Objects.requireNonNull(data.getParent()));
  }

  private static Path launcher(Workplace workplace) {
    return workplace.root().resolve("burgage");
  }

  private static Member await(Member member) throws IOException {
    long end = System.nanoTime() + START_MAX.toNanos();
    while (!isReady(member.url())) {
      if (!member.process().isAlive() || System.nanoTime() > end) {
        member.process().close();
        throw new IOException(
            "%s did not become ready:\n%s".formatted(member.name(), member.process().logTail()));
      }
      pause();
    }
    return member;
  }

  private static boolean isReady(URI url) {
    try (var connections = new Connections(url, Map.of())) {
      return connections.call("GET", "/actuator/health/readiness", "").status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static List<Long> postmasters(Path data) throws IOException {
    var pids = new ArrayList<Long>();
    try (Stream<Path> files = Files.find(data, 4, (path, _) -> path.endsWith("postmaster.pid"))) {
      for (Path file : files.toList()) {
        pids.add(Long.parseLong(Files.readAllLines(file).getFirst().strip()));
      }
    }
    return pids;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
