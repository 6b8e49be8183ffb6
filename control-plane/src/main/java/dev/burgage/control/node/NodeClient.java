package dev.burgage.control.node;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Headers;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.error.Problem;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.Acknowledgement;
import dev.burgage.protocol.node.ApplyMigrations;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.CreateDatabase;
import dev.burgage.protocol.node.DatabaseFiles;
import dev.burgage.protocol.node.DescribeSchemas;
import dev.burgage.protocol.node.DescribedSchemas;
import dev.burgage.protocol.node.Drill;
import dev.burgage.protocol.node.MarkApplied;
import dev.burgage.protocol.node.PurgeReport;
import dev.burgage.protocol.node.Rehearse;
import dev.burgage.protocol.node.Rehearsed;
import dev.burgage.protocol.node.Statistics;
import dev.burgage.protocol.node.StatisticsOrder;
import dev.burgage.protocol.node.Undo;
import dev.burgage.protocol.node.Undone;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/// Gives orders to nodes (`/node/v1/…`). Every order may be repeated. What a node refuses comes
/// back as the [BurgageException] that its problem document says; a node that does not answer is
/// `node_unavailable`. Thread-safe.
@Component
public class NodeClient {
  private static final Duration ORDER_LONGEST = Duration.ofSeconds(15);
  private static final Duration STREAM_LONGEST = Duration.ofHours(6);
  private static final Duration MIGRATIONS_LONGEST = Duration.ofMinutes(15);

  // A node that has started anew takes another order token than the one that we remember. It is in
  // PostgreSQL once the node has joined.
  private static final int OTHER_TOKEN = 401;

  private final NodeRegistry registry;
  private final HttpClient http;

  NodeClient(NodeRegistry registry, HttpClient http) {
    this.registry = registry;
    this.http = http;
  }

  public void putTemplate(NodeName node, Template template) {
    send(node, put("templates/" + template.id(), template));
  }

  /// @throws BurgageException `template_missing` if the node must get the template first
  public void createDatabase(NodeName node, DatabaseId database, long generation, String template) {
    send(node, put(path(database, generation), new CreateDatabase(template)));
  }

  /// Makes a database as another one was; takes as long as that is large.
  ///
  /// @throws BurgageException `overloaded` if it is being made already
  public CreateDatabase.Created forkDatabase(
      NodeName node, DatabaseId database, long generation, CreateDatabase order) {
    Order put = new Order("PUT", path(database, generation), order, MIGRATIONS_LONGEST, null);
    return Json.read(send(node, put), CreateDatabase.Created.class);
  }

  /// Deletes the files for good.
  public void deleteDatabase(NodeName node, DatabaseId database, long generation) {
    send(node, new Order("DELETE", path(database, generation), null));
  }

  /// Moves the files of a database that nobody knows aside.
  public void trashDatabase(NodeName node, DatabaseId database, long generation) {
    send(node, new Order("POST", path(database, generation) + "/trash", null));
  }

  /// Ends the quarantine of a database.
  public void releaseDatabase(NodeName node, DatabaseId database, long generation) {
    send(node, new Order("POST", path(database, generation) + "/release", null));
  }

  /// @param after the last database of the page before, or null
  public DatabaseFiles databases(NodeName node, @Nullable DatabaseId after, int limit) {
    String from = after == null ? "" : "after=" + after + "&";
    byte[] answer = send(node, new Order("GET", "databases?" + from + "limit=" + limit, null));
    return Json.read(answer, DatabaseFiles.class);
  }

  /// Takes as long as the migrations of all targets take.
  public ApplyOutcomes applyMigrations(NodeName node, ApplyMigrations order) {
    byte[] answer = send(node, new Order("POST", "migrations", order, MIGRATIONS_LONGEST, null));
    return Json.read(answer, ApplyOutcomes.class);
  }

  /// Has scripts written into histories without running them.
  public ApplyOutcomes markApplied(NodeName node, MarkApplied order) {
    return Json.read(
        send(node, new Order("POST", "marks", order, MIGRATIONS_LONGEST, null)),
        ApplyOutcomes.class);
  }

  /// Takes as long as putting all targets back takes.
  public Undone undo(NodeName node, Undo order) {
    return Json.read(
        send(node, new Order("POST", "undo", order, MIGRATIONS_LONGEST, null)), Undone.class);
  }

  /// Has what is late of a rollout refused from now on.
  ///
  /// @param order without targets
  public void fence(NodeName node, Undo order) {
    send(node, new Order("POST", "undo", order));
  }

  /// Takes as long as copying and migrating all targets takes.
  public Rehearsed rehearse(NodeName node, Rehearse order) {
    return Json.read(
        send(node, new Order("POST", "rehearsals", order, MIGRATIONS_LONGEST, null)),
        Rehearsed.class);
  }

  /// Looks at the schemas of databases, without waking those that are dormant.
  public DescribedSchemas describeSchemas(NodeName node, DescribeSchemas order) {
    return Json.read(send(node, new Order("POST", "schemas", order)), DescribedSchemas.class);
  }

  /// Waits up to 10 s on the node until it has the revision.
  ///
  /// @return where the node is, which may be short of the revision
  public Revision position(NodeName node, Revision revision) {
    byte[] answer = send(node, new Order("GET", "position", null, ORDER_LONGEST, revision));
    return Json.read(answer, Acknowledgement.class).revision();
  }

  /// What is left of a database at a node and in its store; takes as long as looking takes.
  public PurgeReport purge(NodeName node, DatabaseId database) {
    Order order = new Order("GET", "purges/" + database, null, MIGRATIONS_LONGEST, null);
    return Json.read(send(node, order), PurgeReport.class);
  }

  /// What a node's statements have cost.
  public Statistics statistics(NodeName node, StatisticsOrder order) {
    return Json.read(send(node, new Order("POST", "statistics", order)), Statistics.class);
  }

  /// Asks the node that has a tenant.
  ///
  /// @param path after `/node/v1/pools/{pool}/tenants/{tenant}`
  /// @param body becomes JSON, or null
  public <T> T ask(
      TenantAt tenant, String method, String path, @Nullable Object body, Class<T> type) {
    byte[] answer =
        send(
            tenant.node(),
            new Order(method, tenant.path() + path, body, ORDER_LONGEST, tenant.revision()));
    return Json.read(answer, type);
  }

  /// Like [#ask], for what takes as long as the database is large.
  public <T> T askAtLength(TenantAt tenant, String method, String path, Class<T> type) {
    return askAtLength(tenant, method, path, /* body= */ null, type);
  }

  /// Like [#ask], for what takes as long as the database is large.
  public <T> T askAtLength(
      TenantAt tenant, String method, String path, @Nullable Object body, Class<T> type) {
    byte[] answer =
        send(
            tenant.node(),
            new Order(method, tenant.path() + path, body, MIGRATIONS_LONGEST, tenant.revision()));
    return Json.read(answer, type);
  }

  /// Like [#ask], for what has no answer.
  public void tell(TenantAt tenant, String method, String path) {
    Order order = new Order(method, tenant.path() + path, null, ORDER_LONGEST, tenant.revision());
    send(tenant.node(), order);
  }

  /// What became of a node's newest drills.
  public Drill.Drills drills(NodeName node) {
    return Json.read(send(node, new Order("GET", "drills", null)), Drill.Drills.class);
  }

  /// Drills now; takes as long as the databases are large.
  public Drill.Drills drill(NodeName node, Drill.Order order) {
    return Json.read(
        send(node, new Order("POST", "drills", order, MIGRATIONS_LONGEST, null)),
        Drill.Drills.class);
  }

  /// Passes a body on as it comes in, of any length.
  ///
  /// @param length in bytes, or -1 if it is not known before
  public void upload(TenantAt tenant, String path, long length, InputStream content) {
    uploaded(tenant, path, length, content);
  }

  /// As the other, and reads the answer.
  public <T> T upload(
      TenantAt tenant, String path, long length, InputStream content, Class<T> type) {
    return Json.read(uploaded(tenant, path, length, content), type);
  }

  private byte[] uploaded(TenantAt tenant, String path, long length, InputStream content) {
    BodyPublisher body = BodyPublishers.ofInputStream(() -> content);
    Order order =
        new Order(
            "PUT",
            tenant.path() + path,
            length < 0 ? body : BodyPublishers.fromPublisher(body, length),
            STREAM_LONGEST,
            tenant.revision());
    Node node = findFresh(tenant.node()); // a body that was read once cannot be sent again
    return good(node, exchange(node, order, BodyHandlers.ofByteArray()));
  }

  /// What the node has under a path, to be closed by the caller, and how long it is.
  public Download download(TenantAt tenant, String path) {
    Order order = new Order("GET", tenant.path() + path, null, STREAM_LONGEST, tenant.revision());
    Node node = findFresh(tenant.node());
    HttpResponse<InputStream> response = exchange(node, order, BodyHandlers.ofInputStream());
    if (response.statusCode() / 100 == 2) {
      long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      return new Download(response.body(), length);
    }
    try (InputStream problem = response.body()) {
      throw refusal(node, response.statusCode(), problem.readAllBytes());
    } catch (IOException e) {
      throw away(node.name(), String.valueOf(e.getMessage()));
    }
  }

  /// @param length in bytes, or -1 if it is not known
  public record Download(InputStream content, long length) {}

  private Node findFresh(NodeName name) {
    return registry.findFresh(name).orElseThrow(() -> away(name, "it is not registered"));
  }

  private static String path(DatabaseId database, long generation) {
    return "databases/" + database + "/" + generation;
  }

  private static Order put(String path, Object body) {
    return new Order("PUT", path, body);
  }

  private byte[] send(NodeName name, Order order) {
    Node node = registry.find(name.value()).orElseThrow(() -> away(name, "it is not registered"));
    HttpResponse<byte[]> response = exchange(node, order, BodyHandlers.ofByteArray());
    if (response.statusCode() == OTHER_TOKEN) {
      response = exchange(findFresh(name), order, BodyHandlers.ofByteArray());
    }
    return good(node, response);
  }

  private static byte[] good(Node node, HttpResponse<byte[]> response) {
    if (response.statusCode() / 100 != 2) {
      throw refusal(node, response.statusCode(), response.body());
    }
    return response.body();
  }

  private <T> HttpResponse<T> exchange(Node node, Order order, BodyHandler<T> handler) {
    URI url = node.url().orElseThrow(() -> away(node.name(), "it has never joined"));
    BodyPublisher body =
        switch (order.body()) {
          case null -> BodyPublishers.noBody();
          case BodyPublisher stream -> stream;
          case Object json -> BodyPublishers.ofByteArray(Json.bytes(json));
        };
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve("/node/v1/" + order.path()))
            .timeout(order.longest())
            .header("Authorization", "Bearer " + node.orderToken().orElse(""))
            .header("Content-Type", "application/json")
            .method(order.method(), body);
    if (order.revision() != null) {
      request.header(Headers.REVISION, order.revision().toString());
    }
    try {
      return http.send(request.build(), handler);
    } catch (IOException e) {
      throw new BurgageException(
          ErrorCode.NODE_UNAVAILABLE,
          away(node.name(), String.valueOf(e.getMessage())).detail(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BurgageException(ErrorCode.NOT_READY, "the control plane is stopping", e);
    }
  }

  private static BurgageException refusal(Node node, int status, byte[] body) {
    if (status == OTHER_TOKEN) {
      return away(node.name(), "it has just started and has not joined yet");
    }
    try {
      Problem problem = Json.read(body, Problem.class);
      return new BurgageException(problem.code(), problem.detail());
    } catch (JacksonException e) {
      return new BurgageException(
          ErrorCode.INTERNAL, "node \"%s\" answered %d".formatted(node.name(), status), e);
    }
  }

  private static BurgageException away(NodeName node, String why) {
    return new BurgageException(
        ErrorCode.NODE_UNAVAILABLE,
        "node \"%s\" does not answer (%s); repeat the request when it is back"
            .formatted(node, why));
  }

  /// One request to a node.
  ///
  /// @param body a publisher, else becomes JSON
  private record Order(
      String method,
      String path,
      @Nullable Object body,
      Duration longest,
      @Nullable Revision revision) {
    Order(String method, String path, @Nullable Object body) {
      this(method, path, body, ORDER_LONGEST, null);
    }
  }
}
