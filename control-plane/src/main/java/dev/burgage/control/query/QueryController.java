package dev.burgage.control.query;

import dev.burgage.control.node.NodeRegistry;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.TenantState;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.control.web.ProblemWriter;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// SQL for callers that do not know the nodes. It reads neither the body nor the answer; only its
/// own refusals are made here, in the form that D1's clients read.
@RestController
@Tag(name = "Queries")
class QueryController {
  private final Tenants tenants;
  private final NodeRegistry nodes;
  private final QueryForwarder forwarder;

  QueryController(Tenants tenants, NodeRegistry nodes, QueryForwarder forwarder) {
    this.tenants = tenants;
    this.nodes = nodes;
    this.forwarder = forwarder;
  }

  @PostMapping("/v1/pools/{pool}/tenants/{tenant}/query")
  @Operation(
      summary = "Run SQL on a tenant's database",
      description =
          "D1's binding wire format: the body is {\"sql\", \"params\"} or an array of them, which"
              + " run as one transaction; the answer is an array of results, or one object with"
              + " \"success\": false. Parameter resultsFormat: ROWS_AND_COLUMNS, ARRAY_OF_OBJECTS"
              + " or NONE. Parameter at, a bookmark, an RFC 3339 time or seconds since 1970: reads"
              + " the database as it was then, and writes nothing.")
  void query(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @Parameter(hidden = true) HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    forward(new TenantKey(pool, tenant), "query", request, response);
  }

  @PostMapping("/v1/pools/{pool}/tenants/{tenant}/execute")
  @Operation(summary = "Run SQL on a tenant's database for its effect", description = "See query.")
  void execute(
      @Schema(type = "string") @PathVariable PoolName pool,
      @Schema(type = "string") @PathVariable TenantId tenant,
      @Parameter(hidden = true) HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    forward(new TenantKey(pool, tenant), "execute", request, response);
  }

  private void forward(
      TenantKey key, String verb, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      URI target = target(key, verb, request.getQueryString());
      HttpResponse<InputStream> answer = forwarder.send(target, request);
      forwarder.relay(answer, response);
    } catch (BurgageException e) {
      ProblemWriter.write(response, e.code(), e.detail());
    }
  }

  private URI target(TenantKey key, String verb, String query) {
    Tenant tenant = tenants.get(key);
    if (tenant.state().shown() == TenantState.PROVISIONING) {
      throw new BurgageException(
          ErrorCode.NOT_READY,
          "tenant \"%s\" is still being provisioned; repeat the request".formatted(key));
    }
    return NodeQueries.url(nodes, tenant, verb, query);
  }
}
