package dev.burgage.example.chinook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.burgage.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/// A cell in one class, for one pool: it behaves as the contract says, on real SQLite, and keeps
/// nothing but the databases' files. Its faults can be switched on.
final class FakeCell implements AutoCloseable {
  private static final String POOL = "/v1/pools/chinook";
  private static final JsonNode NO_BODY = NullNode.getInstance();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Path folder;
  private final Map<String, FakeDatabase> tenants = new ConcurrentSkipListMap<>();
  private final Map<String, String> migrations = new TreeMap<>();
  private final List<Map<String, Object>> rollouts = new ArrayList<>();
  private final List<List<Map<String, Object>>> targets = new ArrayList<>();

  /// How many queries call a tenant unknown although its creation was answered.
  final AtomicInteger unknownAfterCreation = new AtomicInteger();

  /// Whether rollouts stop at the first tenant that fails.
  volatile boolean haltsAtFailure;

  FakeCell(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private record Reply(int status, Object body) {}

  private static Reply problem(int status, String code, String text) {
    return new Reply(
        status, Map.of("status", status, "code", code, "error", text, "success", false));
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    JsonNode json = body.length == 0 ? NO_BODY : Json.read(body, JsonNode.class);
    String path = exchange.getRequestURI().getPath();
    Reply reply;
    try {
      reply = reply(path, String.valueOf(exchange.getRequestURI().getQuery()), json);
    } catch (SQLException e) {
      reply = problem(400, "sql_error", String.valueOf(e.getMessage()));
    }
    byte[] bytes = Json.bytes(reply.body());
    exchange.sendResponseHeaders(reply.status(), bytes.length);
    try (exchange) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private Reply reply(String path, String query, JsonNode json) throws SQLException {
    if (path.endsWith("/query")) {
      return query(path.split("/", -1)[5], json);
    }
    synchronized (this) {
      return switch (path) {
        case "/v1/pools" -> new Reply(200, Map.of("name", "chinook", "engine", "sqlite"));
        case POOL + "/migrations" -> migrations(json);
        case POOL + "/tenants" -> json.isNull() ? list(query) : create(json.get("id").asString());
        case POOL + "/rollouts" -> rollOut(json.get("version").asString());
        default -> one(path);
      };
    }
  }

  private Reply one(String path) {
    String[] parts = path.split("/", -1);
    if (parts[4].equals("tenants")) {
      return tenants.containsKey(parts[5])
          ? new Reply(200, tenant(parts[5]))
          : problem(404, "unknown_tenant", "no such tenant");
    }
    int rollout = Integer.parseInt(parts[5]);
    return parts.length == 6
        ? new Reply(200, rollouts.get(rollout))
        : new Reply(200, Map.of("targets", targets.get(rollout)));
  }

  private Reply migrations(JsonNode json) {
    if (!json.isNull()) {
      for (JsonNode script : json.get("migrations")) {
        String name = script.get("name").asString();
        migrations.put(name.substring(1, name.indexOf('_')), script.get("sql").asString());
      }
    }
    List<Map<String, Object>> all =
        migrations.keySet().stream()
            .map(v ->
                Map.<String, Object>of(
                    "version", v, "description", "", "script", "V" + v, "checksum", 1))
            .toList();
    return new Reply(200, Map.of("migrations", all));
  }

  private Reply list(String query) {
    List<String> ids =
        tenants.keySet().stream()
            .filter(id -> !query.contains("prefix=newcomer-") || id.startsWith("newcomer-"))
            .toList();
    return new Reply(200, Map.of("tenants", ids.stream().map(this::tenant).toList()));
  }

  private Reply create(String id) throws SQLException {
    if (tenants.containsKey(id)) {
      return new Reply(200, tenant(id));
    }
    FakeDatabase database = new FakeDatabase(folder.resolve(id + ".db"));
    for (Map.Entry<String, String> migration : migrations.entrySet()) {
      database.migrate(migration.getKey(), migration.getValue());
    }
    tenants.put(id, database);
    return new Reply(201, tenant(id));
  }

  private static <T> T known(Map<String, T> things, String name) {
    return Objects.requireNonNull(things.get(name), name);
  }

  private Map<String, Object> tenant(String id) {
    Map<String, Object> json = new TreeMap<>();
    json.putAll(
        Map.of("pool", "chinook", "id", id, "database", new UUID(1, id.hashCode()).toString()));
    json.putAll(Map.of("engine", "sqlite", "node", "n1", "generation", 1, "version", 1));
    json.putAll(Map.of("state", "active", "labels", Map.of()));
    json.putAll(Map.of("createdAt", "2026-11-21T22:00:00Z"));
    json.put("schemaVersion", known(tenants, id).version());
    return json;
  }

  private Reply rollOut(String version) {
    int applied = 0;
    int upToDate = 0;
    List<Map<String, Object>> failed = new ArrayList<>();
    for (Map.Entry<String, FakeDatabase> tenant : tenants.entrySet()) {
      FakeDatabase database = tenant.getValue();
      if (database.version().equals(version) || (haltsAtFailure && !failed.isEmpty())) {
        upToDate++;
        continue;
      }
      try {
        database.migrate(version, known(migrations, version));
        applied++;
      } catch (SQLException e) {
        String error = String.valueOf(e.getMessage());
        failed.add(Map.of("tenant", tenant.getKey(), "state", "failed", "error", error));
      }
    }
    Map<String, Object> counts =
        Map.of("pending", 0, "applied", applied, "upToDate", upToDate, "failed", failed.size());
    int id = rollouts.size();
    targets.add(failed);
    rollouts.add(
        Map.of(
            "id",
            id,
            "pool",
            "chinook",
            "version",
            version,
            "state",
            "finished",
            "counts",
            counts));
    return new Reply(202, rollouts.getLast());
  }

  private Reply query(String tenant, JsonNode statements) throws SQLException {
    FakeDatabase database = tenants.get(tenant);
    boolean hidden =
        database != null
            && tenant.startsWith("newcomer")
            && unknownAfterCreation.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    return database == null || hidden
        ? problem(404, "unknown_tenant", "no such tenant")
        : new Reply(200, database.run(statements));
  }

  @Override
  public void close() throws SQLException {
    server.stop(0);
    threads.shutdownNow();
    for (FakeDatabase database : tenants.values()) {
      database.close();
    }
  }
}
