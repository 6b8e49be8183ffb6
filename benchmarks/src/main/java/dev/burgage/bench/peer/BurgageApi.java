package dev.burgage.bench.peer;

import dev.burgage.bench.load.Connections;
import dev.burgage.bench.load.Connections.Answer;
import dev.burgage.protocol.Json;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The few calls of the control plane's API that the benchmarks make. Thread-safe.
public final class BurgageApi implements Closeable {
  private final Connections connections;

  BurgageApi(Connections connections) {
    this.connections = connections;
  }

  /// A created tenant.
  ///
  /// @param nodeUrl the node that owns it
  /// @param revision of its creation
  public record Tenant(String id, URI nodeUrl, @Nullable String revision) {}

  public void createPool(String pool) throws IOException {
    expect(201, connections.call("POST", "/v1/pools", json(Map.of("name", pool))));
  }

  /// @return the node's token
  public String registerNode(String name) throws IOException {
    Answer answer = connections.call("POST", "/v1/nodes", json(Map.of("name", name)));
    return expect(201, answer).path("token").asString();
  }

  /// Whether the control plane has the node's stream, and so may place tenants on it.
  public boolean isLive(String node) throws IOException {
    JsonNode answer = expect(200, connections.call("GET", "/v1/nodes", ""));
    JsonNode nodes = answer.isArray() ? answer : answer.path("nodes");
    return nodes
        .valueStream()
        .filter(one -> one.path("name").asString().equals(node))
        .anyMatch(one -> one.path("state").asString().equals("live"));
  }

  public void registerMigrations(String pool, List<Map<String, String>> migrations)
      throws IOException {
    String body = json(Map.of("migrations", migrations));
    expect(200, connections.call("POST", "/v1/pools/" + pool + "/migrations", body));
  }

  public Tenant createTenant(String pool, String id) throws IOException {
    Answer answer =
        connections.call("POST", "/v1/pools/" + pool + "/tenants", json(Map.of("id", id)));
    String nodeUrl = expect(201, answer).path("nodeUrl").asString();
    return new Tenant(id, URI.create(nodeUrl), answer.revision());
  }

  /// @param undoFor how long it can be undone, `PT0S` for never
  /// @return the rollout's id
  public String startRollout(String pool, String undoFor) throws IOException {
    return startRollout(pool, Map.of("undoFor", undoFor));
  }

  /// @param request what a rollout's request says beside that it starts at once
  /// @return the rollout's id
  public String startRollout(String pool, Map<String, ?> request) throws IOException {
    var all = new HashMap<String, Object>(request);
    all.put("start", true);
    return expect(202, connections.call("POST", "/v1/pools/" + pool + "/rollouts", json(all)))
        .path("id")
        .asString();
  }

  /// @param verb `pause`, `resume`, `abort`
  public void say(String pool, String rollout, String verb) throws IOException {
    String path = "/v1/pools/%s/rollouts/%s/%s".formatted(pool, rollout, verb);
    expect(200, connections.call("POST", path, "{}"));
  }

  /// Which versions and schemas the tenants of a pool have, and who differs.
  public JsonNode drift(String pool) throws IOException {
    return expect(200, connections.call("GET", "/v1/pools/" + pool + "/drift", ""));
  }

  public JsonNode rollout(String pool, String id) throws IOException {
    return expect(200, connections.call("GET", "/v1/pools/" + pool + "/rollouts/" + id, ""));
  }

  /// Runs one statement through the control plane.
  public void execute(String pool, String tenant, String sql) throws IOException {
    String path = "/v1/pools/%s/tenants/%s/execute?resultsFormat=NONE".formatted(pool, tenant);
    expect(200, connections.call("POST", path, json(Map.of("sql", sql, "params", List.of()))));
  }

  @Override
  public void close() throws IOException {
    connections.close();
  }

  private static String json(Object body) {
    return new String(Json.bytes(body), StandardCharsets.UTF_8);
  }

  private static JsonNode expect(int status, Answer answer) throws IOException {
    if (answer.status() != status) {
      throw new IOException(
          "expected HTTP %d, got %d: %s".formatted(status, answer.status(), answer.body()));
    }
    return Json.mapper().readTree(answer.body());
  }
}
