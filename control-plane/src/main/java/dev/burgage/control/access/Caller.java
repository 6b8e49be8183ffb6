package dev.burgage.control.access;

import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;

/// Who sent a request, as its token proves.
public sealed interface Caller {
  /// The request's attribute with the name of who sent it, for audits.
  String ATTRIBUTE = "burgage.caller";

  /// The request's attribute with the [TokenScope] of who sent it, for answers that show a part of
  /// what there is.
  String SCOPE = "burgage.scope";

  /// What the caller reaches. A node reaches its own paths, and nothing of any tenant's.
  TokenScope scope();

  /// Whoever holds the admin token.
  record Admin() implements Caller {
    @Override
    public TokenScope scope() {
      return TokenScope.FLEET;
    }

    @Override
    public String toString() {
      return "admin";
    }
  }

  /// Whoever holds a token that was made through the API.
  ///
  /// @param id the token's, which is no secret
  record Holder(String id, TokenScope scope, TokenRight right) implements Caller {
    @Override
    public String toString() {
      return "token " + id;
    }
  }

  /// A node.
  record Node(NodeName name) implements Caller {
    @Override
    public TokenScope scope() {
      return TokenScope.FLEET;
    }

    @Override
    public String toString() {
      return "node " + name;
    }
  }
}
