package dev.burgage.node.http;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.binding.BindingTable;
import dev.burgage.protocol.NodeName;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Every route that a node has, as the server is told of them: `POST /node/v1/undo`.
public final class NodeRoutes {
  private final List<String> found = new ArrayList<>();

  private NodeRoutes() {}

  // The routes keep the other parts for later and look at none of them.
  @SuppressWarnings("NullAway")
  public static List<String> all() {
    NodeRoutes routes = new NodeRoutes();
    NodeServer.Parts parts =
        new NodeServer.Parts(
            new NodeName("n"),
            "order",
            new BindingTable(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            () -> true,
            Guard.trusted(),
            null,
            new NodeServer.PastParts(null, null, null),
            null,
            null,
            null);
    NodeServer.route(routes.rules(HttpRouting.Builder.class, ""), new Bodies(1), parts);
    return List.copyOf(routes.found);
  }

  private <R extends HttpRules> R rules(Class<R> type, String prefix) {
    Object rules =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              note(method.getName(), prefix, arguments);
              return self;
            });
    return type.cast(rules);
  }

  private void note(String verb, String prefix, Object[] arguments) {
    String path = arguments[0] instanceof String text ? text : "";
    switch (verb) {
      case "register" -> {
        for (HttpService service : (HttpService[]) arguments[1]) {
          service.routing(rules(HttpRules.class, prefix + path));
        }
      }
      case "get", "post", "put", "delete", "patch", "head", "options", "any" ->
          found.add(verb.toUpperCase(Locale.ROOT) + " " + prefix + path);
      default -> throw new IllegalStateException("no test knows what " + verb + " routes");
    }
  }
}
