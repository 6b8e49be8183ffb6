package dev.burgage.control.cloudflare.analytics;

import dev.burgage.control.access.Caller;
import dev.burgage.control.access.DatabaseTenants;
import dev.burgage.control.cloudflare.Accounts;
import dev.burgage.control.cloudflare.Body;
import dev.burgage.control.node.Node;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.node.NodeRegistry;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.binding.TokenScope;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Statistics;
import dev.burgage.protocol.node.Statistics.OfHour;
import dev.burgage.protocol.node.Statistics.OfStatement;
import dev.burgage.protocol.node.StatisticsOrder;
import io.swagger.v3.oas.annotations.Hidden;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/// Answers wrangler's two queries; any other gets GraphQL's own error. A node that does not answer
/// is left out: figures are for looking, and half of them are better than none.
@Hidden
@RestController
class GraphqlController {
  private static final Logger LOG = LoggerFactory.getLogger(GraphqlController.class);

  private final Accounts accounts;
  private final DatabaseTenants databases;
  private final NodeRegistry registry;
  private final NodeClient nodes;
  private final Clock clock;

  GraphqlController(
      Accounts accounts,
      DatabaseTenants databases,
      NodeRegistry registry,
      NodeClient nodes,
      Clock clock) {
    this.accounts = accounts;
    this.databases = databases;
    this.registry = registry;
    this.nodes = nodes;
    this.clock = clock;
  }

  @PostMapping("/client/v4/graphql")
  ResponseEntity<byte[]> answer(
      @RequestBody(required = false) byte @Nullable [] body,
      @RequestAttribute(Caller.SCOPE) TokenScope scope) {
    GraphqlRequest request = Body.read(body, GraphqlRequest.class);
    checkReach(scope, request);
    return switch (String.valueOf(request.operationName())) {
      case "getD1MetricsOverviewQuery" -> data("d1AnalyticsAdaptiveGroups", hours(request));
      case "getD1QueriesOverviewQuery" -> data("d1QueriesAdaptiveGroups", statements(request));
      default ->
          json(
              Map.of(
                  "errors",
                  List.of(
                      Map.of(
                          "message",
                          "only wrangler's queries getD1MetricsOverviewQuery and"
                              + " getD1QueriesOverviewQuery are answered here"))));
    };
  }

  // The door cannot: whose figures are wanted stands in the body.
  private void checkReach(TokenScope scope, GraphqlRequest request) {
    boolean reaches =
        scope.pool() == null
            || (scope.pool().value().equals(request.account())
                && (scope.tenant() == null
                    || (request.database() != null
                        && databases
                            .tenant(request.account(), request.databaseText())
                            .filter(scope.tenant()::equals)
                            .isPresent())));
    if (!reaches) {
      throw new BurgageException(
          ErrorCode.FORBIDDEN, "this token does not reach the figures of this account or database");
    }
  }

  private List<Map<String, Object>> statements(GraphqlRequest request) {
    StatisticsOrder order = order(request);
    return collect(request, order).stream()
        .flatMap(statistics -> statistics.statements().stream())
        .sorted(Statistics.by(order))
        .limit(order.limit())
        .map(GraphqlController::view)
        .toList();
  }

  private List<Map<String, Object>> hours(GraphqlRequest request) {
    return collect(request, order(request)).stream()
        .flatMap(statistics -> statistics.hours().stream())
        .map(GraphqlController::view)
        .toList();
  }

  private StatisticsOrder order(GraphqlRequest request) {
    return request.order(accounts.pool(request.account()), clock);
  }

  private List<Statistics> collect(GraphqlRequest request, StatisticsOrder order) {
    if (request.isOfOneDatabase()) {
      Tenant tenant = accounts.database(request.account(), request.databaseText());
      return ask(tenant.place().node(), order);
    }
    return registry.list().stream()
        .filter(Node::isLive)
        .flatMap(node -> ask(node.name(), order).stream())
        .toList();
  }

  private List<Statistics> ask(NodeName node, StatisticsOrder order) {
    try {
      return List.of(nodes.statistics(node, order));
    } catch (BurgageException e) {
      LOG.info("The figures of node {} are left out: {}", node, e.detail());
      return List.of();
    }
  }

  private static Map<String, Object> view(OfStatement statement) {
    return Map.of(
        "sum",
        figures(statement, 1),
        "avg",
        figures(statement, statement.count()),
        "count",
        statement.count(),
        "dimensions",
        Map.of("query", statement.statement(), "databaseId", statement.database().toString()));
  }

  private static Map<String, Object> figures(OfStatement statement, long by) {
    return Map.of(
        "queryDurationMs", statement.durationMillis() / by,
        "rowsRead", number(statement.rowsRead(), by),
        "rowsWritten", number(statement.rowsWritten(), by),
        "rowsReturned", number(statement.rowsReturned(), by));
  }

  private static Number number(long sum, long by) {
    return by == 1 ? (Number) sum : (Number) ((double) sum / by);
  }

  private static Map<String, Object> view(OfHour hour) {
    return Map.of(
        "sum",
        Map.of(
            "readQueries", hour.readQueries(),
            "writeQueries", hour.writeQueries(),
            "rowsRead", hour.rowsRead(),
            "rowsWritten", hour.rowsWritten()),
        "dimensions",
        Map.of("datetimeHour", Instant.EPOCH.plus(Duration.ofHours(hour.hour())).toString()));
  }

  private static ResponseEntity<byte[]> data(String name, List<Map<String, Object>> groups) {
    var answer = new LinkedHashMap<String, @Nullable Object>();
    answer.put("data", Map.of("viewer", Map.of("accounts", List.of(Map.of(name, groups)))));
    answer.put("errors", null);
    return json(answer);
  }

  private static ResponseEntity<byte[]> json(Object answer) {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(Json.bytes(answer));
  }
}
