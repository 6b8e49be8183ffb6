package dev.burgage.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.FeedCodec;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.error.Problem;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.Acknowledgement;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.CreateDatabase;
import dev.burgage.protocol.node.DatabaseFacts;
import dev.burgage.protocol.node.DatabaseFiles;
import dev.burgage.protocol.node.DatabaseFiles.DatabaseFile;
import dev.burgage.protocol.node.DescribeSchemas;
import dev.burgage.protocol.node.Drill;
import dev.burgage.protocol.node.Join;
import dev.burgage.protocol.node.MarkApplied;
import dev.burgage.protocol.node.Quarantined;
import dev.burgage.protocol.node.Rehearse;
import dev.burgage.protocol.node.RestoreOrder;
import dev.burgage.protocol.node.Undo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A node that behaves: it speaks `/node/v1` over real HTTP, opens the feed, applies what it brings
/// and acknowledges. Its databases are names in a map. Orders can be made to fail.
public final class FakeNode implements AutoCloseable {
  private static final Pattern DATABASE =
      Pattern.compile("/node/v1/databases/([0-9a-f-]{36})/([0-9]+)(/trash|/release)?");

  private final NodeName name;
  private final String token;
  private final URI controlPlane;
  private final HttpServer server;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();
  private volatile String orderToken = UUID.randomUUID().toString();

  private final FakeDatabases databases = new FakeDatabases();
  private final FakeHistory history = new FakeHistory();
  private final Set<String> templates = ConcurrentHashMap.newKeySet();
  private final Map<String, DatabaseFile> files = new ConcurrentSkipListMap<>();
  private final Set<String> trash = ConcurrentHashMap.newKeySet();
  private final Map<String, Binding> bindings = new ConcurrentHashMap<>();
  private final List<FeedMessage> messages = new CopyOnWriteArrayList<>();
  private final List<Quarantined> quarantined = new CopyOnWriteArrayList<>();
  private volatile @Nullable Revision position;
  private volatile FeedMessage.Tokens tokens = new FeedMessage.Tokens(List.of(), null);
  private volatile @Nullable Acknowledgement acknowledged;
  private volatile boolean readsScopes = true;
  private final List<Drill> drills = new CopyOnWriteArrayList<>();
  private final List<Backup> backups = new CopyOnWriteArrayList<>();
  private volatile boolean refusing;
  private volatile boolean acknowledging = true;
  private volatile @Nullable InputStream stream;
  private volatile boolean closed;
  private Thread reader = Thread.ofVirtual().unstarted(() -> {});

  public FakeNode(String name, String token, URI controlPlane) {
    this.name = new NodeName(name);
    this.token = token;
    this.controlPlane = controlPlane;
    try {
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  /// Opens the feed and keeps it open, coming back when it ends.
  public FakeNode join() {
    reader = Thread.ofVirtual().name(name + "-feed").start(this::follow);
    return this;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public NodeName name() {
    return name;
  }

  /// As a node that finds it at its start: told when it joins anew.
  public void quarantine(DatabaseId database, String reason) {
    quarantined.add(new Quarantined(database, Instant.parse("2026-11-22T10:00:00Z"), reason));
    cut();
  }

  public List<Quarantined> quarantined() {
    return quarantined;
  }

  public void refuse(boolean now) {
    refusing = now;
  }

  /// As a node that has started anew and has not joined yet; the next [#cut] makes it join.
  public void startAnew() {
    orderToken = UUID.randomUUID().toString();
  }

  public FakeHistory history() {
    return history;
  }

  /// What it says of drills.
  public List<Drill> drills() {
    return drills;
  }

  public FakeDatabases databases() {
    return databases;
  }

  public void acknowledge(boolean now) {
    acknowledging = now;
  }

  public Map<String, Binding> bindings() {
    return bindings;
  }

  public @Nullable Binding binding(String pool, String tenant) {
    return bindings.get(pool + "/" + tenant);
  }

  /// The tokens that it would accept.
  public FeedMessage.Tokens tokens() {
    return tokens;
  }

  /// As a node of before tokens had scopes, from its next joining on.
  public FakeNode withoutScopes() {
    readsScopes = false;
    return this;
  }

  public List<FeedMessage> messages() {
    return messages;
  }

  public @Nullable Revision position() {
    return position;
  }

  public boolean has(String database) {
    return files.keySet().stream().anyMatch(key -> key.startsWith(database));
  }

  public void put(DatabaseFile file) {
    files.put(file.database() + "/" + file.generation(), file);
  }

  public Set<String> trash() {
    return trash;
  }

  public Set<String> templates() {
    return templates;
  }

  /// Tells the control plane of dormant targets that were used.
  ///
  /// @return the status of its answer
  public int tellWoken(String rollout, ApplyOutcomes woken) {
    try {
      return http.send(
              request("migrated/" + rollout, Json.bytes(woken)).build(), BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Ends the stream as a cut line would.
  public void cut() {
    InputStream open = stream;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    reader.interrupt();
    cut();
    server.stop(0);
    http.shutdownNow();
  }

  private void follow() {
    while (!closed) {
      try {
        acknowledged = null;
        var join =
            new Join(
                url(),
                orderToken,
                position,
                /* readsPools= */ true,
                readsScopes,
                List.copyOf(quarantined));
        var response =
            http.send(request("feed", Json.bytes(join)).build(), BodyHandlers.ofInputStream());
        if (response.statusCode() == 200) {
          read(response.body());
        }
        Thread.sleep(20);
      } catch (IOException e) {
        // comes again
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void read(InputStream body) throws IOException {
    stream = body;
    var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      FeedMessage message = FeedCodec.decode(line);
      messages.add(message);
      apply(message);
    }
  }

  private void apply(FeedMessage message) throws IOException {
    switch (message) {
      case FeedMessage.SnapshotStart() -> bindings.clear();
      case FeedMessage.Changed(Binding binding) ->
          bindings.merge(
              binding.pool() + "/" + binding.tenant(),
              binding,
              (old, now) -> now.version() >= old.version() ? now : old);
      case FeedMessage.Removed(var pool, TenantId tenant, long version) ->
          bindings.computeIfPresent(
              pool + "/" + tenant, (_, old) -> old.version() <= version ? null : old);
      case FeedMessage.Position(Revision revision) -> {
        var served = new Acknowledgement(revision, tokens.edition());
        if (!served.equals(acknowledged)) {
          position = revision;
          acknowledged = served;
          if (acknowledging) {
            send(request("acknowledgement", Json.bytes(served)).build());
          }
        }
      }
      case FeedMessage.Tokens all -> tokens = all;
      case FeedMessage.Nodes _, FeedMessage.Pools _ -> {}
    }
  }

  private void send(HttpRequest request) throws IOException {
    try {
      http.send(request, BodyHandlers.discarding());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest.Builder request(String path, byte[] body) {
    return HttpRequest.newBuilder(controlPlane.resolve("/v1/nodes/" + name + "/" + path))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        carryOut(exchange);
      } catch (BurgageException e) {
        refuse(exchange, e.code(), e.detail()); // while the exchange is open
      }
    }
  }

  private void carryOut(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.startsWith("/v1/")) {
      query(exchange);
      return;
    }
    if (!("Bearer " + orderToken).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      refuse(exchange, ErrorCode.UNAUTHORIZED, "wrong order token");
    } else if (refusing) {
      refuse(exchange, ErrorCode.NODE_UNAVAILABLE, "refusing orders, as the test wants");
    } else {
      order(exchange, path);
    }
  }

  // Echoes what it got, so that a test can see that all of it came through.
  private static void query(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("x-cf-d1-session-commit-token", "bookmark-1");
    exchange
        .getResponseHeaders()
        .set("Burgage-Seen-Query", "" + exchange.getRequestURI().getRawQuery());
    exchange
        .getResponseHeaders()
        .set(
            "Burgage-Seen-Integers",
            "" + exchange.getRequestHeaders().getFirst("Burgage-Integers"));
    answer(exchange, new String(body, StandardCharsets.UTF_8).contains("bad") ? 400 : 200, body);
  }

  private void order(HttpExchange exchange, String path) throws IOException {
    String method = exchange.getRequestMethod();
    byte[] body = exchange.getRequestBody().readAllBytes();
    Matcher database = DATABASE.matcher(path);
    if (path.startsWith("/node/v1/templates/")) {
      databases.learn(Json.read(body, Template.class));
      templates.add(Json.read(body, Template.class).id());
      answer(exchange, 204, new byte[0]);
    } else if (path.equals("/node/v1/migrations")) {
      answer(exchange, 200, Json.bytes(databases.apply(Json.read(body, ApplyMigrations.class))));
    } else if (path.equals("/node/v1/schemas")) {
      answer(exchange, 200, Json.bytes(databases.describe(Json.read(body, DescribeSchemas.class))));
    } else if (path.equals("/node/v1/undo")) {
      answer(exchange, 200, Json.bytes(databases.undo(Json.read(body, Undo.class))));
    } else if (path.equals("/node/v1/rehearsals")) {
      answer(exchange, 200, Json.bytes(databases.rehearse(Json.read(body, Rehearse.class))));
    } else if (path.equals("/node/v1/marks")) {
      answer(exchange, 200, Json.bytes(databases.mark(Json.read(body, MarkApplied.class))));
    } else if (path.matches("/node/v1/pools/[^/]+/tenants/[^/]+/(bookmark|restore|diff)")) {
      past(exchange, path.substring(path.lastIndexOf('/') + 1), body);
    } else if (path.equals("/node/v1/drills")) {
      answer(exchange, 200, Json.bytes(new Drill.Drills(drills)));
    } else if (path.matches("/node/v1/pools/[^/]+/tenants/[^/]+/backups")) {
      backup(exchange, method, path.split("/", -1)[4], path.split("/", -1)[6]);
    } else if (path.matches("/node/v1/pools/[^/]+/tenants/[^/]+")) {
      facts(exchange, path.split("/", -1)[4], path.split("/", -1)[6]);
    } else if (path.equals("/node/v1/databases")) {
      answer(exchange, 200, Json.bytes(list(exchange.getRequestURI().getQuery())));
    } else if (path.equals("/node/v1/position")) {
      Revision known = position;
      answer(
          exchange,
          200,
          Json.bytes(new Acknowledgement(known == null ? Revision.NONE : known, tokens.edition())));
    } else if (database.matches()) {
      database(exchange, method, database, body);
    } else {
      refuse(exchange, ErrorCode.NOT_FOUND, path);
    }
  }

  // The newest first, two a page.
  private void backup(HttpExchange exchange, String method, String pool, String tenant)
      throws IOException {
    Binding binding = binding(pool, tenant);
    if (binding == null) {
      refuse(exchange, ErrorCode.UNKNOWN_TENANT, tenant);
      return;
    }
    if (method.equals("POST")) {
      Backup made = FakeDatabases.backup(binding, backups.size());
      backups.addFirst(made);
      answer(exchange, 200, Json.bytes(made));
      return;
    }
    String query = exchange.getRequestURI().getQuery();
    int from = Integer.parseInt("0" + query.substring(query.indexOf("cursor=") + 7));
    List<Backup> own =
        backups.stream().filter(one -> one.database().equals(binding.database())).toList();
    int to = Math.min(own.size(), from + 2);
    String next = to < own.size() ? Integer.toString(to) : null;
    answer(
        exchange,
        200,
        Json.bytes(new Backup.Backups(own.subList(from, to), next, List.of(), null)));
  }

  private void past(HttpExchange exchange, String verb, byte[] body) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    try {
      Object said =
          switch (verb) {
            case "bookmark" -> history.bookmark(query);
            case "restore" -> history.restore(Json.read(body, RestoreOrder.class));
            default -> history.diff(query);
          };
      answer(exchange, 200, Json.bytes(said));
    } catch (BurgageException e) {
      refuse(exchange, e.code(), e.detail());
    }
  }

  private void fork(HttpExchange exchange, DatabaseFile file, CreateDatabase.Source source)
      throws IOException {
    try {
      CreateDatabase.Created created = history.fork(source);
      files.putIfAbsent(file.database() + "/" + file.generation(), file);
      answer(exchange, 200, Json.bytes(created));
    } catch (BurgageException e) {
      refuse(exchange, e.code(), e.detail());
    }
  }

  private void facts(HttpExchange exchange, String pool, String tenant) throws IOException {
    Binding binding = binding(pool, tenant);
    if (binding == null) {
      refuse(exchange, ErrorCode.UNKNOWN_TENANT, tenant);
    } else {
      answer(
          exchange,
          200,
          Json.bytes(
              new DatabaseFacts(databases.size(binding.database()), 1, "", history.version())));
    }
  }

  private void database(HttpExchange exchange, String method, Matcher path, byte[] body)
      throws IOException {
    String key = path.group(1) + "/" + path.group(2);
    var file = new DatabaseFile(DatabaseId.parse(path.group(1)), Long.parseLong(path.group(2)), 0);
    if ("/release".equals(path.group(3))) {
      quarantined.removeIf(q -> q.database().equals(file.database()));
    } else if (path.group(3) != null) {
      files.remove(key);
      trash.add(key);
    } else if (method.equals("DELETE")) {
      files.remove(key);
    } else if (Json.read(body, CreateDatabase.class).source() != null) {
      fork(exchange, file, Objects.requireNonNull(Json.read(body, CreateDatabase.class).source()));
      return;
    } else if (!templates.contains(Json.read(body, CreateDatabase.class).template())) {
      refuse(exchange, ErrorCode.TEMPLATE_MISSING, "no such template");
      return;
    } else {
      databases.create(file.database(), Json.read(body, CreateDatabase.class).template());
      files.putIfAbsent(key, file);
    }
    answer(exchange, method.equals("PUT") ? 200 : 204, new byte[0]);
  }

  private DatabaseFiles list(@Nullable String query) {
    Matcher after = Pattern.compile("after=([0-9a-f-]{36})").matcher(query == null ? "" : query);
    String from = after.find() ? after.group(1) : "";
    return new DatabaseFiles(
        files.values().stream()
            .filter(file -> file.database().toString().compareTo(from) > 0)
            .limit(500)
            .toList());
  }

  private static void refuse(HttpExchange exchange, ErrorCode code, String detail)
      throws IOException {
    answer(exchange, code.status(), Json.bytes(Problem.of(code, detail)));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }
}
