package dev.burgage.node.http;

import dev.burgage.node.binding.Bindings;
import dev.burgage.node.query.Queries;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/// What the control plane asks of a tenant's node beside orders about files
/// (`/node/v1/pools/{pool}/tenants/{tenant}/…`): answered by the node that the tenant's binding
/// names, and by no other.
final class TenantRoutes implements HttpService {
  private static final String TENANT = "/{pool}/tenants/{tenant}";

  private final NodeName self;
  private final Tokens tokens;
  private final Bindings bindings;
  private final Queries queries;

  TenantRoutes(NodeName self, Tokens tokens, Bindings bindings, Queries queries) {
    this.self = self;
    this.tokens = tokens;
    this.bindings = bindings;
    this.queries = queries;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.get(
        TENANT,
        about((binding, request, response) ->
            Answers.json(response, Json.bytes(queries.facts(binding)))));
  }

  @FunctionalInterface
  private interface Answer {
    void give(Binding binding, ServerRequest request, ServerResponse response);
  }

  private Handler about(Answer answer) {
    return (request, response) -> {
      try {
        tokens.checkOrder(request);
        answer.give(binding(request), request, response);
      } catch (RuntimeException e) {
        Answers.problem(response, e);
      }
    };
  }

  private Binding binding(ServerRequest request) {
    var parameters = request.path().pathParameters();
    PoolName pool = new PoolName(parameters.get("pool"));
    TenantId tenant = new TenantId(parameters.get("tenant"));
    Binding binding = bindings.active(pool, tenant, QueryRoutes.revision(request));
    if (!binding.node().equals(self)) {
      throw new BurgageException(
          ErrorCode.NODE_UNAVAILABLE,
          "Tenant %s is served by node %s.".formatted(tenant, binding.node()));
    }
    return binding;
  }
}
