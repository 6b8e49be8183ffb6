package dev.burgage.control.access;

import dev.burgage.protocol.NodeName;

/// Who sent a request, as its token proves.
public sealed interface Caller {
  /// The request's attribute with the name of who sent it, for audits.
  String ATTRIBUTE = "burgage.caller";

  /// Whoever holds the admin token.
  record Admin() implements Caller {
    @Override
    public String toString() {
      return "admin";
    }
  }

  /// A node.
  record Node(NodeName name) implements Caller {
    @Override
    public String toString() {
      return "node " + name;
    }
  }
}
