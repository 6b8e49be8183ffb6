package dev.burgage.node.http;

import dev.burgage.node.http.NodeServer.Parts;
import dev.burgage.node.memory.RequestMemory;
import dev.burgage.node.query.Queries.WireAnswer;
import dev.burgage.node.query.Queries.WireCall;
import dev.burgage.node.query.ResultsFormat;
import dev.burgage.protocol.Headers;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.TokenGrant;
import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import org.jspecify.annotations.Nullable;

/// Tenant SQL: `POST /v1/pools/{pool}/tenants/{tenant}/query` and `/execute`, D1's two binding
/// calls.
final class QueryRoutes implements HttpService {
  static final HeaderName REVISION = HeaderNames.create(Headers.REVISION);
  private static final HeaderName FORWARDED_BY = HeaderNames.create(Headers.FORWARDED_BY);
  private static final HeaderName INTEGERS = HeaderNames.create(Headers.INTEGERS);
  private static final HeaderName RESULTS = HeaderNames.create(Headers.RESULTS);
  private static final HeaderName SESSION = HeaderNames.create(Headers.SESSION);

  private final Tokens tokens;
  private final Bodies bodies;
  private final Parts parts;
  private final Forwarder forwarder;

  QueryRoutes(Tokens tokens, Bodies bodies, Parts parts) {
    this.tokens = tokens;
    this.bodies = bodies;
    this.parts = parts;
    this.forwarder = new Forwarder(parts, bodies);
  }

  @Override
  public void routing(HttpRules rules) {
    rules.post(
        "/{pool}/tenants/{tenant}/query",
        (request, response) -> run(request, response, ResultsFormat.ROWS_AND_COLUMNS));
    rules.post(
        "/{pool}/tenants/{tenant}/execute",
        (request, response) -> run(request, response, ResultsFormat.NONE));
  }

  private void run(ServerRequest request, ServerResponse response, ResultsFormat otherwise) {
    long start = System.nanoTime();
    boolean succeeded = false;
    try {
      TokenGrant grant = tokens.client(request);
      Binding binding = binding(request, grant.scope());
      if (binding.node().equals(parts.self())) {
        boolean mayWrite = grant.right().includes(TokenRight.WRITE);
        answer(request, response, binding, new Call(otherwise, mayWrite));
        succeeded = true;
      } else {
        boolean forwarded = request.headers().contains(FORWARDED_BY);
        succeeded = forwarder.forward(binding, request, response, forwarded);
      }
    } catch (RuntimeException e) {
      if (response.isSent()) { // too late for a problem: the server closes the connection
        throw e;
      }
      Answers.problem(response, e);
    } finally {
      parts.metrics().request(System.nanoTime() - start, succeeded);
    }
  }

  /// @param format if the request names none
  private record Call(ResultsFormat format, boolean mayWrite) {}

  // The token is looked at before anybody is asked for the tenant: of what it does not reach its
  // holder is not even told whether it is there.
  private Binding binding(ServerRequest request, TokenScope scope) {
    var parameters = request.path().pathParameters();
    PoolName pool = new PoolName(parameters.get("pool"));
    TenantId tenant = new TenantId(parameters.get("tenant"));
    if (!scope.covers(pool, tenant)) {
      throw Tokens.forbidden();
    }
    return parts.bindings().active(pool, tenant, revision(request));
  }

  static @Nullable Revision revision(ServerRequest request) {
    return request.headers().first(REVISION).map(Revision::parse).orElse(null);
  }

  private void answer(ServerRequest request, ServerResponse response, Binding binding, Call asked) {
    ResultsFormat format =
        ResultsFormat.parse(request.query().first("resultsFormat").orElse(null), asked.format());
    boolean exact = request.headers().first(INTEGERS).map("exact"::equalsIgnoreCase).orElse(false);
    boolean every = request.headers().first(RESULTS).map("each"::equalsIgnoreCase).orElse(false);
    try (RequestMemory.Share memory = parts.memory().share()) {
      byte[] body = bodies.read(request, memory);
      WireCall call = new WireCall(body, format, exact, every, asked.mayWrite());
      Moment at = HistoryRoutes.moment(request, "at");
      WireAnswer answer =
          at == null
              ? parts.queries().run(binding, call, memory)
              : parts.queries().run(binding, at, call, memory);
      if (request.headers().contains(SESSION)) {
        response.header(SESSION, answer.bookmark().toString());
      }
      Answers.json(response, answer.body());
    }
  }
}
