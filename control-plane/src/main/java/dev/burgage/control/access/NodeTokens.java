package dev.burgage.control.access;

import dev.burgage.protocol.NodeName;
import java.util.Optional;

/// The digests of the nodes' tokens. The registry of nodes keeps them; it lies above this package.
public interface NodeTokens {
  Optional<TokenDigest> find(NodeName node);
}
