package dev.burgage.control.cloudflare.analytics;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.node.StatisticsOrder;
import dev.burgage.protocol.node.StatisticsOrder.Figure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A question as wrangler writes it. We know two queries, so there is no GraphQL engine here: limit
/// and order are read from the query's text, the filter from its variables.
///
/// Source: wrangler, src/d1/insights.ts and src/d1/info.ts.
record GraphqlRequest(
    @Nullable String operationName, @Nullable String query, @Nullable JsonNode variables) {
  private static final Pattern LIMIT = Pattern.compile("limit:\\s*([0-9]{1,6})");
  private static final Pattern ORDER =
      Pattern.compile("orderBy:\\s*\\[\\s*(?:(sum|avg)_)?([A-Za-z]+)_(ASC|DESC)");
  private static final int LIMIT_DEFAULT = 5;
  private static final int LIMIT_MOST = 10_000;
  private static final Duration PERIOD_DEFAULT = Duration.ofDays(1);

  String account() {
    return variables == null ? "" : variables.path("accountTag").asString("");
  }

  StatisticsOrder order(PoolName pool, Clock clock) {
    String text = query == null ? "" : query;
    Matcher limit = LIMIT.matcher(text);
    Matcher order = ORDER.matcher(text);
    boolean ordered = order.find();
    Instant now = clock.instant();
    return new StatisticsOrder(
        pool,
        database(),
        hour(time("datetimeHour_geq", now.minus(PERIOD_DEFAULT))),
        hour(time("datetimeHour_leq", now)),
        ordered ? figure(order.group(2)) : Figure.DURATION,
        ordered && "avg".equals(order.group(1)),
        !ordered || order.group(3).equals("DESC"),
        limit.find() ? Math.min(Integer.parseInt(limit.group(1)), LIMIT_MOST) : LIMIT_DEFAULT);
  }

  private static Figure figure(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "count" -> Figure.COUNT;
      case "rowsread" -> Figure.ROWS_READ;
      case "rowswritten" -> Figure.ROWS_WRITTEN;
      case "rowsreturned" -> Figure.ROWS_RETURNED;
      default -> Figure.DURATION;
    };
  }

  private String filter(String name) {
    if (variables == null) {
      return "";
    }
    JsonNode filter = variables.path("filter");
    String direct = filter.path(name).asString("");
    return direct.isEmpty() ? filter.path("AND").path(0).path(name).asString("") : direct;
  }

  /// Null if none is named, or not by its id.
  @Nullable DatabaseId database() {
    try {
      return DatabaseId.parse(filter("databaseId"));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  boolean isOfOneDatabase() {
    return !filter("databaseId").isEmpty();
  }

  String databaseText() {
    return filter("databaseId");
  }

  private Instant time(String name, Instant otherwise) {
    try {
      return OffsetDateTime.parse(filter(name)).toInstant();
    } catch (DateTimeParseException e) {
      return otherwise;
    }
  }

  private static long hour(Instant time) {
    return time.getEpochSecond() / Duration.ofHours(1).toSeconds();
  }
}
