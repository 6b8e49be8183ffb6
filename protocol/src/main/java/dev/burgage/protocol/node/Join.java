package dev.burgage.protocol.node;

import dev.burgage.protocol.Revision;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Body of `POST /v1/nodes/{node}/feed`, whose answer is the binding stream.
///
/// @param url where the control plane and other nodes reach this node
/// @param orderToken the bearer token that this node's `/node/v1` takes from now on; made anew at
///   each start of the node
/// @param after the revision that the node has, or null for a whole snapshot
/// @param readsPools whether the node reads [dev.burgage.protocol.binding.FeedMessage.Pools]
/// @param readsScopes whether the node reads scopes, rights and expiry of tokens
/// @param quarantined all databases that the node has quarantined. More are added at its start only
public record Join(
    URI url,
    String orderToken,
    @Nullable Revision after,
    @Nullable Boolean readsPools,
    @Nullable Boolean readsScopes,
    List<Quarantined> quarantined) {
  // Nodes of before do not say it.
  @SuppressWarnings("NullAway")
  public Join {
    quarantined = quarantined == null ? List.of() : List.copyOf(quarantined);
  }
}
