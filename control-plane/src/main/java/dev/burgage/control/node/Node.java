package dev.burgage.control.node;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.binding.NodeAddress;
import dev.burgage.protocol.node.Quarantined;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A node as the registry knows it.
///
/// @param url where it answers; empty until it has joined
/// @param orderToken what `/node/v1` of its present process takes
/// @param acknowledged newest revision by which it serves, up to a second old
/// @param quarantined databases that it refuses
public record Node(
    NodeName name,
    NodeState state,
    Optional<URI> url,
    Optional<String> orderToken,
    Optional<Revision> acknowledged,
    Optional<Instant> seenAt,
    List<Quarantined> quarantined) {
  public Node {
    quarantined = List.copyOf(quarantined);
  }

  public boolean isLive() {
    return state == NodeState.LIVE;
  }

  /// Why the node refuses the database, if it does.
  public Optional<Quarantined> quarantine(DatabaseId database) {
    return quarantined.stream().filter(q -> q.database().equals(database)).findFirst();
  }

  public Optional<NodeAddress> address() {
    return url.map(known -> new NodeAddress(name, known));
  }

  /// Without the order token.
  @Override
  public String toString() {
    return "node %s (%s, %s)".formatted(name, state, url.map(URI::toString).orElse("no url"));
  }
}
