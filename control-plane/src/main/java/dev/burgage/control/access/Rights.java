package dev.burgage.control.access;

import dev.burgage.control.access.Route.Named;
import dev.burgage.protocol.InvalidNameException;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who a token belongs to, and which paths that caller may use: [Routes], and nodes' own paths for
/// nodes alone. It decides by the path and looks at nothing that may or may not be there, so that a
/// refusal tells nothing.
final class Rights {
  private static final Pattern NODE_PATH =
      Pattern.compile("/v1/nodes/([^/]+)/(feed|acknowledgement|bindings/.*|migrated/.*)");
  private static final Pattern NODE_TOKEN = Pattern.compile("bgn\\.(.+)\\.[A-Za-z0-9_-]+");

  private final AdminToken admin;
  private final NodeTokens nodes;
  private final IssuedTokens issued;
  private final DatabaseTenants databases;

  Rights(AdminToken admin, NodeTokens nodes, IssuedTokens issued, DatabaseTenants databases) {
    this.admin = admin;
    this.nodes = nodes;
    this.issued = issued;
    this.databases = databases;
  }

  /// Health is for all; a signed link carries its own proof, which its controller checks.
  static boolean isOpen(String path) {
    return path.equals("/actuator/health")
        || path.startsWith("/actuator/health/")
        || path.startsWith("/client/v4/uploads/")
        || path.startsWith("/client/v4/downloads/");
  }

  Optional<Caller> callerOf(String token) {
    TokenDigest digest = TokenDigest.of(token);
    if (admin.matches(digest)) {
      return Optional.of(new Caller.Admin());
    }
    Optional<NodeName> node = nodeIn(token);
    return node.isPresent()
        ? node.filter(name -> nodes.find(name).filter(digest::matches).isPresent())
            .map(Caller.Node::new)
        : issued.find(digest).map(Caller.class::cast);
  }

  /// @param path as the servlet container decoded and normalised it
  boolean allows(Caller caller, String method, String path) {
    Matcher nodePath = NODE_PATH.matcher(path);
    return switch (caller) {
      case Caller.Admin() -> !nodePath.matches();
      case Caller.Node(NodeName name) ->
          nodePath.matches() && nodePath.group(1).equals(name.value());
      case Caller.Holder(_, TokenScope scope, TokenRight right) ->
          !nodePath.matches() && allows(scope, right, method.equals("HEAD") ? "GET" : method, path);
    };
  }

  private boolean allows(TokenScope scope, TokenRight right, String method, String path) {
    if (scope.isFleet() && right == TokenRight.ADMIN) {
      return true;
    }
    for (Route route : Routes.ALL) {
      Named named = route.match(method, path);
      if (named != null) {
        return right.includes(route.right()) && reaches(scope, route, named);
      }
    }
    return false;
  }

  private boolean reaches(TokenScope scope, Route route, Named named) {
    if (scope.isFleet()) {
      return true;
    }
    boolean wholePool = scope.kind() == TokenScope.Kind.POOL;
    return switch (route.reach()) {
      case FLEET -> false;
      case ANY -> true;
      case POOLS -> wholePool;
      case ACCOUNT -> isOwnPool(scope, named);
      case POOL -> wholePool && isOwnPool(scope, named);
      case TENANT -> isOwnPool(scope, named) && (wholePool || isOwnTenant(scope, named));
    };
  }

  private static boolean isOwnPool(TokenScope scope, Named named) {
    return scope.pool() != null && scope.pool().value().equals(named.pool());
  }

  private boolean isOwnTenant(TokenScope scope, Named named) {
    TenantId own = scope.tenant();
    if (own == null) {
      return false;
    }
    String pool = named.pool();
    String database = named.database();
    return (pool != null && database != null)
        ? databases.tenant(pool, database).filter(own::equals).isPresent()
        : own.value().equals(named.tenant());
  }

  private static Optional<NodeName> nodeIn(String token) {
    Matcher matcher = NODE_TOKEN.matcher(token);
    try {
      return matcher.matches() ? Optional.of(new NodeName(matcher.group(1))) : Optional.empty();
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }
}
