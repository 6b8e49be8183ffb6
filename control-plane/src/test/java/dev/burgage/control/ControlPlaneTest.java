package dev.burgage.control;

import dev.burgage.control.metadata.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// A whole control plane on a real port with a real PostgreSQL, and two fake nodes. All tests share
/// the one context; each takes a pool of its own.
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
public abstract class ControlPlaneTest {
  protected static final String TOKEN = "bga.test-token-of-the-control-plane";
  private static final List<FakeNode> NODES = new ArrayList<>();

  @Value("${local.server.port}")
  private int port;

  protected Api api = new Api(URI.create("http://invalid"), "");
  protected final String pool = "pool-" + UUID.randomUUID().toString().substring(0, 8);

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) throws IOException {
    TestDatabase database = TestDatabase.fresh();
    Path folder = Files.createTempDirectory(Path.of("target"), "data-");
    registry.add("burgage.data", folder::toString);
    registry.add("burgage.port", () -> 0);
    registry.add("burgage.token", () -> TOKEN);
    registry.add("burgage.metadata.url", database::url);
    registry.add("burgage.metadata.user", database::user);
    registry.add("burgage.metadata.password", database::password);
    registry.add("db-scheduler.enabled", () -> false);
    registry.add("server.address", () -> "127.0.0.1");
    registry.add("server.port", () -> 0);
  }

  @BeforeEach
  void start() {
    api = new Api(URI.create("http://127.0.0.1:" + port), TOKEN);
    if (NODES.isEmpty()) {
      NODES.add(joined("node-a"));
      NODES.add(joined("node-b"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> NODES.forEach(FakeNode::close)));
    }
    NODES.forEach(node -> node.refuse(false));
    NODES.forEach(node -> node.acknowledge(true));
    await("nodes are live", () -> NODES.stream().allMatch(node -> isLive(node.name().value())));
  }

  protected Api api(String token) {
    return new Api(api.base(), token);
  }

  /// The nodes that are always there.
  protected static List<FakeNode> nodes() {
    return NODES;
  }

  protected static FakeNode node(String name) {
    return NODES.stream()
        .filter(node -> node.name().value().equals(name))
        .findFirst()
        .orElseThrow();
  }

  protected FakeNode joined(String name) {
    String token = api.post("/v1/nodes", "{\"name\":\"%s\"}".formatted(name)).text("token");
    return new FakeNode(name, token, api.base()).join();
  }

  protected boolean isLive(String node) {
    for (var listed : api.get("/v1/nodes").json()) {
      if (listed.path("name").asString().equals(node)) {
        return listed.path("state").asString().equals("live");
      }
    }
    return false;
  }

  protected String tenants() {
    return "/v1/pools/" + pool + "/tenants";
  }

  protected Api.Answer createPool() {
    return api.post("/v1/pools", "{\"name\":\"%s\"}".formatted(pool));
  }

  protected Api.Answer create(String tenant) {
    return api.post(tenants(), "{\"id\":\"%s\"}".formatted(tenant));
  }

  protected static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 20 s: " + what);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
