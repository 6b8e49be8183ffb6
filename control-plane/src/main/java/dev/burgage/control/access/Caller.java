package dev.burgage.control.access;

import dev.burgage.protocol.NodeName;

/// Who sent a request, as its token proves.
sealed interface Caller {
  /// Whoever holds the admin token.
  record Admin() implements Caller {}

  /// A node.
  record Node(NodeName name) implements Caller {}
}
