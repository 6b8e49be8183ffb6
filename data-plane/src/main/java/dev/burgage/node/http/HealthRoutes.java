package dev.burgage.node.http;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.metrics.NodeMetrics;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/// What watchers ask: health (open to all) and metrics (with a token).
final class HealthRoutes implements HttpService {
  private static final byte[] UP = "{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8);

  private final byte[] up;
  private final byte[] down;
  private final Tokens tokens;
  private final NodeMetrics metrics;
  private final BooleanSupplier ready;

  HealthRoutes(Tokens tokens, NodeMetrics metrics, BooleanSupplier ready, Guard guard) {
    this.up = readiness("UP", guard);
    this.down = readiness("DOWN", guard);
    this.tokens = tokens;
    this.metrics = metrics;
    this.ready = ready;
  }

  // A node without a guard is up: it answers, and tells why it runs no SQL.
  private static byte[] readiness(String status, Guard guard) {
    String state = guard.state().name().toLowerCase(Locale.ROOT);
    return "{\"status\":\"%s\",\"guard\":\"%s\"}"
        .formatted(status, state)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void routing(HttpRules rules) {
    rules.get("/health", this::readiness);
    rules.get("/health/readiness", this::readiness);
    rules.get("/health/liveness", this::liveness);
    rules.get("/prometheus", this::prometheus);
  }

  private void readiness(ServerRequest request, ServerResponse response) {
    boolean isReady = ready.getAsBoolean();
    response.status(isReady ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503);
    Answers.json(response, isReady ? up : down);
  }

  private void liveness(ServerRequest request, ServerResponse response) {
    // Also when the log has failed: to start again helps no earlier than the disk is well, when the
    // process does so by itself, and until then it answers reads.
    Answers.json(response, UP);
  }

  private void prometheus(ServerRequest request, ServerResponse response) {
    try {
      tokens.checkFleet(request);
      response.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
      response.send(metrics.scrape().getBytes(StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      Answers.problem(response, e);
    }
  }
}
