package dev.burgage.node;

import dev.burgage.d1.Env;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.binding.NodeAddress;
import dev.burgage.protocol.binding.TokenGrant;
import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.CreateDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// A real node with its control plane and a client, for one test.
final class NodeHarness implements AutoCloseable {
  static final PoolName POOL = new PoolName("shop");
  static final NodeName SELF = new NodeName("n1");
  static final String TOKEN = "bga.test";
  static final Template EMPTY = new Template(Engine.SQLITE, List.of());

  final FakeControlPlane controlPlane = new FakeControlPlane();
  private final Map<String, String> environment = new HashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Node node;
  private long revision = 1;

  NodeHarness(Path data) throws IOException {
    this(data, Map.of());
  }

  NodeHarness(Path data, Map<String, String> settings) throws IOException {
    environment.put("BURGAGE_CONTROL_PLANE", controlPlane.url().toString());
    environment.put("BURGAGE_NODE_TOKEN", "bgn.n1.secret");
    environment.put("BURGAGE_NODE_PORT", "0");
    environment.put("BURGAGE_NODE_SEGMENT_MIB", "4");
    environment.put("BURGAGE_DATA", data.toString());
    environment.putAll(settings);
    node = Node.start(environment);
    controlPlane.send(
        new FeedMessage.Nodes(List.of(new NodeAddress(SELF, node.url()))),
        new FeedMessage.Tokens(List.of(adminGrant()), null),
        new FeedMessage.SnapshotStart(),
        new FeedMessage.Position(new Revision(revision, 0)));
    awaitRevision();
  }

  static TokenGrant adminGrant() {
    return new TokenGrant(sha256(TOKEN), TokenScope.FLEET, TokenRight.ADMIN, null);
  }

  static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// `env` of a service that runs the node inside itself.
  Env env() {
    return node.env(POOL.value());
  }

  URI url() {
    return node.url();
  }

  /// Stops the node and starts it again on the same folder.
  void restart() throws IOException {
    stop();
    start();
  }

  void stop() throws IOException {
    node.close();
  }

  void start() throws IOException {
    node = Node.start(environment);
  }

  /// As [#start], until the control plane knows the order token and the node all bindings.
  void startAndJoin() throws IOException {
    controlPlane.acknowledged().clear();
    start();
    awaitRevision();
  }

  /// The node goes on as if it had been killed at this moment: another one starts on a copy of its
  /// folder.
  void dieAndStartOn(Path copy) throws IOException {
    String data = environment.get("BURGAGE_DATA");
    try {
      // Another process: who copies a database in this one drops SQLite's locks on it.
      int exit =
          new ProcessBuilder("cp", "-a", data, copy.toString()).inheritIO().start().waitFor();
      if (exit != 0) {
        throw new IOException("cp ended with " + exit);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    stop();
    environment.put("BURGAGE_DATA", copy.toString());
    startAndJoin();
  }

  Path data() {
    return Path.of(environment.get("BURGAGE_DATA"));
  }

  Revision revision() {
    return new Revision(revision, 0);
  }

  private void awaitRevision() throws IOException {
    for (int i = 0; i < 500; i++) {
      if (controlPlane.acknowledged().contains(revision())) {
        return;
      }
      pause();
    }
    throw new IOException("the node has not acknowledged revision " + revision);
  }

  static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(10));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Makes a database from the template and binds the tenant to it.
  Binding provision(String tenant, Template template, Limits limits) throws IOException {
    return provision(POOL, tenant, template, limits);
  }

  Binding provision(PoolName pool, String tenant, Template template, Limits limits)
      throws IOException {
    Binding binding =
        new Binding(
            pool,
            new TenantId(tenant),
            new DatabaseId(UUID.randomUUID()),
            Engine.SQLITE,
            SELF,
            1,
            1,
            BindingState.ACTIVE,
            limits);
    order("PUT", "/node/v1/templates/" + template.id(), template);
    HttpResponse<String> created =
        order(
            "PUT",
            "/node/v1/databases/" + binding.database() + "/1",
            new CreateDatabase(template.id()));
    if (created.statusCode() != 200) {
      throw new IOException(created.body());
    }
    publish(new FeedMessage.Changed(binding));
    return binding;
  }

  Binding provision(String tenant) throws IOException {
    return provision(tenant, EMPTY, Limits.DEFAULT);
  }

  void publish(FeedMessage message) throws IOException {
    revision++;
    controlPlane.send(message, new FeedMessage.Position(revision()));
    awaitRevision();
  }

  HttpResponse<String> order(String method, String path, Object body) throws IOException {
    return send(
        HttpRequest.newBuilder(url().resolve(path))
            .header("Authorization", "Bearer " + controlPlane.orderToken())
            .method(method, BodyPublishers.ofByteArray(Json.bytes(body)))
            .build());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url().resolve(path)).header("Authorization", "Bearer " + TOKEN);
  }

  HttpResponse<String> query(String tenant, String body) throws IOException {
    return send(
        request("/v1/pools/shop/tenants/" + tenant + "/query?resultsFormat=ARRAY_OF_OBJECTS")
            .header("Burgage-Integers", "exact")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  /// Runs one statement; its result.
  JsonNode sql(String tenant, String sql, Object... parameters) throws IOException {
    HttpResponse<String> response =
        query(
            tenant,
            new String(
                Json.bytes(Map.of("sql", sql, "params", List.of(parameters))),
                StandardCharsets.UTF_8));
    if (response.statusCode() != 200) {
      throw new IOException(response.body());
    }
    return Json.mapper().readTree(response.body()).get(0);
  }

  HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    node.close();
    controlPlane.close();
    http.close();
  }
}
