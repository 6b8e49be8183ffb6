package dev.burgage.node.http;

import dev.burgage.node.metrics.NodeMetrics;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/// What watchers ask: health (open to all) and metrics (with a token).
final class HealthRoutes implements HttpService {
  private static final byte[] UP = "{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8);
  private static final byte[] DOWN = "{\"status\":\"DOWN\"}".getBytes(StandardCharsets.UTF_8);

  private final Tokens tokens;
  private final NodeMetrics metrics;
  private final BooleanSupplier ready;

  HealthRoutes(Tokens tokens, NodeMetrics metrics, BooleanSupplier ready) {
    this.tokens = tokens;
    this.metrics = metrics;
    this.ready = ready;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.get("/health", this::readiness);
    rules.get("/health/readiness", this::readiness);
    rules.get("/health/liveness", (_, response) -> Answers.json(response, UP));
    rules.get("/prometheus", this::prometheus);
  }

  private void readiness(ServerRequest request, ServerResponse response) {
    boolean up = ready.getAsBoolean();
    response.status(up ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503);
    Answers.json(response, up ? UP : DOWN);
  }

  private void prometheus(ServerRequest request, ServerResponse response) {
    try {
      tokens.checkClient(request);
      response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
      response.send(metrics.scrape().getBytes(StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      Answers.problem(response, e);
    }
  }
}
