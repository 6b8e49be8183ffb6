package dev.burgage.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.metadata.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The control plane as a process of its own, with its own PostgreSQL and a local node, killed in
/// every way that an operator's night brings.
class ControlPlaneProcessTest {
  @TempDir private Path data = Path.of("");
  private final List<Process> processes = new ArrayList<>();
  private int port;

  // Outside the range from which systems give ports to whoever does not care: a server of another
  // test had the port before the control plane was up, and answered in its place.
  @BeforeEach
  void choosePort() {
    do {
      port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
    } while (!isFree(port));
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @AfterEach
  void stopAll() throws Exception {
    for (Process process : processes) {
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    // What a killed control plane left: its node, if a test failed halfway.
    if (Files.exists(data.resolve("node-1/node.json"))) {
      ProcessHandle.of(nodePid()).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private static List<String> java(Class<?> main) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        main.getName());
  }

  private Process start(String log) throws IOException {
    var builder = new ProcessBuilder(java(ControlPlane.class));
    builder.environment().put("BURGAGE_DATA", data.toString());
    builder.environment().put("BURGAGE_PORT", Integer.toString(port));
    builder.environment().put("BURGAGE_LOG_FORMAT", log.startsWith("json") ? "json" : "text");
    builder.environment().put("BURGAGE_METADATA_BINARIES", TestDatabase.binaries().toString());
    builder.environment().put("BURGAGE_LOCAL_NODE", "true");
    builder.environment().put("BURGAGE_LOCAL_NODE_PORT", "0");
    builder.environment().put("BURGAGE_NODE_COMMAND", String.join(" ", java(FakeNodeMain.class)));
    builder.redirectErrorStream(true).redirectOutput(data.resolve(log).toFile());
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private Api api() throws IOException {
    return new Api(
        URI.create("http://127.0.0.1:" + port), Files.readString(data.resolve("token")).strip());
  }

  private void awaitReady() {
    await(() ->
        new Api(URI.create("http://127.0.0.1:" + port), "")
            .get("/actuator/health/readiness")
            .text("status")
            .equals("UP"));
  }

  private static void await(Condition condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    Throwable last = null;
    while (System.nanoTime() < deadline) {
      try {
        if (condition.holds()) {
          return;
        }
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } catch (Exception | AssertionError e) {
        last = e;
      }
    }
    throw new AssertionError("not within 90 s", last);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private long nodePid() throws IOException {
    return Long.parseLong(
        Files.readString(data.resolve("node-1/node.json"))
            .replaceAll("(?s).*\"pid\":(\\d+).*", "$1"));
  }

  private long postgresPid() throws IOException {
    return Long.parseLong(
        Files.readAllLines(data.resolve("postgres/data/postmaster.pid")).getFirst().strip());
  }

  private static void kill(long pid) throws Exception {
    ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
    handle.destroyForcibly();
    handle.onExit().get();
  }

  @Test
  void everyPartMayBeKilledAndTheServiceComesBack() throws Exception {
    Process first = start("first.log");
    awaitReady();
    assertThat(Files.readString(data.resolve("first.log"))).contains(api().token());
    assertThat(api().post("/v1/pools", "{\"name\":\"shop\"}").status()).isEqualTo(201);
    await(() -> api().post("/v1/pools/shop/tenants", "{\"id\":\"one\"}").status() == 201);

    // A second one on the same folder says so and ends.
    Process second = start("second.log");
    assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isNotZero();
    assertThat(Files.readString(data.resolve("second.log")))
        .contains("in use by another control plane", data.toString(), "BURGAGE_DATA")
        .doesNotContain("\tat ");

    // PostgreSQL killed.
    kill(postgresPid());
    await(() -> api().post("/v1/pools/shop/tenants", "{\"id\":\"two\"}").status() / 100 == 2);
    assertThat(api().get("/v1/pools/shop/tenants/one").status()).isEqualTo(200);

    // The node killed.
    long node = nodePid();
    kill(node);
    await(() -> nodePid() != node);
    await(() -> api().post("/v1/pools/shop/tenants", "{\"id\":\"three\"}").status() / 100 == 2);

    // The control plane killed: the node and PostgreSQL live on, and are found again.
    long adoptedNode = nodePid();
    long adoptedPostgres = postgresPid();
    first.destroyForcibly().waitFor();
    start("json-third.log");
    awaitReady();
    await(() -> api().post("/v1/pools/shop/tenants", "{\"id\":\"four\"}").status() / 100 == 2);
    assertThat(nodePid()).isEqualTo(adoptedNode);
    assertThat(postgresPid()).isEqualTo(adoptedPostgres);
    assertThat(Files.readAllLines(data.resolve("json-third.log")).getFirst()).startsWith("{");

    // Stopped: everything goes with it.
    Process third = processes.getLast();
    third.destroy();
    assertThat(third.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(ProcessHandle.of(adoptedNode).map(ProcessHandle::isAlive))
        .isNotEqualTo(java.util.Optional.of(true));
    assertThat(data.resolve("postgres/data/postmaster.pid")).doesNotExist();
  }

  /// A node's program, as far as its starter sees it.
  static final class FakeNodeMain {
    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(System.getenv("BURGAGE_DATA"));
      var channel =
          java.nio.channels.FileChannel.open(
              folder.resolve("node.lock"),
              java.nio.file.StandardOpenOption.CREATE,
              java.nio.file.StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        System.out.println("the folder is taken");
        System.exit(1);
      }
      String token = System.getenv("BURGAGE_NODE_TOKEN");
      var node =
          new FakeNode(
              token.substring(4, token.lastIndexOf('.')),
              token,
              URI.create(System.getenv("BURGAGE_CONTROL_PLANE")));
      Files.writeString(
          folder.resolve("node.json"),
          "{\"pid\":%d,\"url\":\"%s\"}".formatted(ProcessHandle.current().pid(), node.url()));
      node.join();
      System.out.println("burgage node ready at " + node.url());
      Thread.sleep(Duration.ofMinutes(10)); // never outlives a broken test for long
    }
  }
}
