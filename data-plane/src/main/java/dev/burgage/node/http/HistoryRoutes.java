package dev.burgage.node.http;

import dev.burgage.node.binding.Bindings;
import dev.burgage.node.history.DatabaseHistory;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.node.BookmarkAt;
import dev.burgage.protocol.node.RestoreOrder;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the control plane asks of the past of a tenant's database
/// (`/node/v1/pools/{pool}/tenants/{tenant}/…`), of the node that has it.
final class HistoryRoutes implements HttpService {
  private final OwnTenants tenants;
  private final Bodies bodies;
  private final DatabaseHistory history;

  HistoryRoutes(
      NodeName self, Tokens tokens, Bindings bindings, Bodies bodies, DatabaseHistory history) {
    this.tenants = new OwnTenants(self, tokens, bindings);
    this.bodies = bodies;
    this.history = history;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.get(OwnTenants.TENANT + "/bookmark", tenants.about(this::bookmark));
    rules.post(OwnTenants.TENANT + "/restore", tenants.about(this::restore));
    rules.get(OwnTenants.TENANT + "/diff", tenants.about(this::diff));
  }

  private void bookmark(Binding binding, ServerRequest request, ServerResponse response) {
    Bookmark bookmark = history.bookmark(binding, moment(request, "at"));
    BookmarkAt at = new BookmarkAt(bookmark.toString(), Instant.ofEpochSecond(bookmark.second()));
    Answers.json(response, Json.bytes(at));
  }

  private void restore(Binding binding, ServerRequest request, ServerResponse response) {
    Moment to = bodies.read(request, RestoreOrder.class).moment();
    Answers.json(response, Json.bytes(history.restore(binding, to)));
  }

  private void diff(Binding binding, ServerRequest request, ServerResponse response) {
    Moment from = moment(request, "from");
    if (from == null) {
      throw new IllegalArgumentException("from must name a moment; to is now without one");
    }
    Answers.json(response, Json.bytes(history.diff(binding, from, moment(request, "to"))));
  }

  /// The moment that a parameter of the query names; null if it names none.
  static @Nullable Moment moment(ServerRequest request, String parameter) {
    return request
        .query()
        .first(parameter)
        .filter(text -> !text.isBlank())
        .map(Moment::parse)
        .orElse(null);
  }
}
