package dev.burgage.control.access;

import dev.burgage.protocol.InvalidNameException;
import dev.burgage.protocol.NodeName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who a token belongs to, and which paths that caller may use. Tokens of pool or tenant scope
/// become further kinds of [Caller], found in [#callerOf(String)] and judged in [#allows(Caller,
/// String)].
final class Rights {
  private static final Pattern NODE_PATH =
      Pattern.compile("/v1/nodes/([^/]+)/(feed|acknowledgement|bindings/.*|migrated/.*)");
  private static final Pattern NODE_TOKEN = Pattern.compile("bgn\\.(.+)\\.[A-Za-z0-9_-]+");

  private final AdminToken admin;
  private final NodeTokens nodes;

  Rights(AdminToken admin, NodeTokens nodes) {
    this.admin = admin;
    this.nodes = nodes;
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
    return nodeIn(token)
        .filter(name -> nodes.find(name).filter(digest::matches).isPresent())
        .map(Caller.Node::new);
  }

  /// @param path as the servlet container decoded and normalised it
  boolean allows(Caller caller, String path) {
    Matcher nodePath = NODE_PATH.matcher(path);
    return switch (caller) {
      case Caller.Admin() -> !nodePath.matches();
      case Caller.Node(NodeName name) ->
          nodePath.matches() && nodePath.group(1).equals(name.value());
    };
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
