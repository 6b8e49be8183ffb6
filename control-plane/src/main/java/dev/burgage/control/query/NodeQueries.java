package dev.burgage.control.query;

import dev.burgage.control.node.Node;
import dev.burgage.control.node.NodeRegistry;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.Headers;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.error.Problem;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/// Statements for features that speak to tenants' nodes in the name of their callers. Thread-safe.
@Component
public class NodeQueries {
  private static final int OK = 200;

  private final NodeRegistry nodes;
  private final QueryForwarder forwarder;

  NodeQueries(NodeRegistry nodes, QueryForwarder forwarder) {
    this.nodes = nodes;
    this.forwarder = forwarder;
  }

  /// Runs a request's statements.
  ///
  /// @param format one of D1's `resultsFormat`
  /// @param token the caller's, which the node checks
  /// @return a JSON array with a result for each statement
  /// @throws BurgageException as the node or the way to it refuses
  public byte[] each(Tenant tenant, String format, byte[] body, String token) {
    HttpRequest request =
        HttpRequest.newBuilder(url(nodes, tenant, "query", "resultsFormat=" + format))
            .timeout(QueryForwarder.LONGEST)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header(Headers.RESULTS, "each")
            .header(Headers.REVISION, tenant.revision().toString())
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<byte[]> answer = forwarder.send(request, BodyHandlers.ofByteArray());
    if (answer.statusCode() == OK) {
      return answer.body();
    }
    throw refusal(answer);
  }

  private static BurgageException refusal(HttpResponse<byte[]> answer) {
    try {
      Problem problem = Json.read(answer.body(), Problem.class);
      return new BurgageException(problem.code(), problem.detail());
    } catch (JacksonException e) {
      return new BurgageException(
          ErrorCode.OUTCOME_UNKNOWN, "the tenant's node answered " + answer.statusCode(), e);
    }
  }

  static URI url(NodeRegistry nodes, Tenant tenant, String verb, @Nullable String query) {
    URI node =
        nodes
            .find(tenant.place().node().value())
            .flatMap(Node::url)
            .orElseThrow(() ->
                new BurgageException(
                    ErrorCode.NODE_UNAVAILABLE,
                    "node \"%s\", which has tenant \"%s\", has never joined"
                        .formatted(tenant.place().node(), tenant.key())));
    String path =
        "/v1/pools/%s/tenants/%s/%s".formatted(tenant.key().pool(), tenant.key().tenant(), verb);
    return node.resolve(query == null ? path : path + "?" + query);
  }
}
