package dev.burgage.node.http;

import dev.burgage.node.statistics.QueryStatistics;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.node.StatisticsOrder;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/// Tells the control plane what statements have cost.
record StatisticsRoute(Tokens tokens, Bodies bodies, QueryStatistics statistics)
    implements Handler {
  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    try {
      tokens.checkOrder(request);
      StatisticsOrder order = bodies.read(request, StatisticsOrder.class);
      Answers.json(response, Json.bytes(statistics.read(order)));
    } catch (RuntimeException e) {
      Answers.problem(response, e);
    }
  }
}
