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
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
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
  private static final Duration MIGRATIONS_LONGEST = Duration.ofMinutes(15);

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

  /// Deletes the files for good.
  public void deleteDatabase(NodeName node, DatabaseId database, long generation) {
    send(node, new Order("DELETE", path(database, generation), null));
  }

  /// Moves the files of a database that nobody knows aside.
  public void trashDatabase(NodeName node, DatabaseId database, long generation) {
    send(node, new Order("POST", path(database, generation) + "/trash", null));
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

  /// Waits up to 10 s on the node until it has the revision.
  ///
  /// @return where the node is, which may be short of the revision
  public Revision position(NodeName node, Revision revision) {
    byte[] answer = send(node, new Order("GET", "position", null, ORDER_LONGEST, revision));
    return Json.read(answer, Acknowledgement.class).revision();
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

  private static String path(DatabaseId database, long generation) {
    return "databases/" + database + "/" + generation;
  }

  private static Order put(String path, Object body) {
    return new Order("PUT", path, body);
  }

  private byte[] send(NodeName name, Order order) {
    Node node = registry.find(name.value()).orElseThrow(() -> away(name, "it is not registered"));
    try {
      return attempt(node, order);
    } catch (BurgageException e) {
      if (e.code() != ErrorCode.UNAUTHORIZED) {
        throw e;
      }
      // The node has started anew, with another order token than the one we remember.
      Node fresh = registry.findFresh(name).orElseThrow(() -> e);
      return attempt(fresh, order);
    }
  }

  private byte[] attempt(Node node, Order order) {
    HttpResponse<byte[]> response = exchange(node, order);
    if (response.statusCode() / 100 != 2) {
      throw refusal(node, response);
    }
    return response.body();
  }

  private HttpResponse<byte[]> exchange(Node node, Order order) {
    URI url = node.url().orElseThrow(() -> away(node.name(), "it has never joined"));
    BodyPublisher body =
        order.body() == null
            ? BodyPublishers.noBody()
            : BodyPublishers.ofByteArray(Json.bytes(order.body()));
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
      return http.send(request.build(), BodyHandlers.ofByteArray());
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

  private static BurgageException refusal(Node node, HttpResponse<byte[]> response) {
    try {
      Problem problem = Json.read(response.body(), Problem.class);
      return new BurgageException(problem.code(), problem.detail());
    } catch (JacksonException e) {
      return new BurgageException(
          response.statusCode() == 401 ? ErrorCode.UNAUTHORIZED : ErrorCode.INTERNAL,
          "node \"%s\" answered %d".formatted(node.name(), response.statusCode()),
          e);
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
  /// @param body becomes JSON
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
