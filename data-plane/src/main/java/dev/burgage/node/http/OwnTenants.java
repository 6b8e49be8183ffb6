package dev.burgage.node.http;

import dev.burgage.node.binding.Bindings;
import dev.burgage.node.files.DiskFailure;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/// The control plane's requests about a tenant that this node owns.
record OwnTenants(NodeName self, Tokens tokens, Bindings bindings) {
  static final String TENANT = "/{pool}/tenants/{tenant}";

  /// Answers a request about a tenant.
  @FunctionalInterface
  interface Answer {
    void give(Binding binding, ServerRequest request, ServerResponse response) throws IOException;
  }

  /// Only for the control plane, and only about own tenants.
  Handler about(Answer answer) {
    return (request, response) -> {
      try {
        tokens.checkOrder(request);
        answer.give(binding(request), request, response);
      } catch (IOException | UncheckedIOException e) {
        Answers.problem(response, DiskFailure.of(e));
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
