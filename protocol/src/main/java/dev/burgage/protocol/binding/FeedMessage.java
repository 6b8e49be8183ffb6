package dev.burgage.protocol.binding;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.TenantId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One line of the binding stream. A stream opens with [Nodes], [Tokens] and [Pools], then either
/// goes on after the revision that the node asked for, or sends a whole snapshot ([SnapshotStart],
/// bindings, [Position]). After that come changes, each group closed by a [Position], and a
/// [Position] at least every second as a sign of life.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = FeedMessage.SnapshotStart.class, name = "snapshot"),
  @JsonSubTypes.Type(value = FeedMessage.Changed.class, name = "binding"),
  @JsonSubTypes.Type(value = FeedMessage.Removed.class, name = "removed"),
  @JsonSubTypes.Type(value = FeedMessage.Position.class, name = "position"),
  @JsonSubTypes.Type(value = FeedMessage.Nodes.class, name = "nodes"),
  @JsonSubTypes.Type(value = FeedMessage.Tokens.class, name = "tokens"),
  @JsonSubTypes.Type(value = FeedMessage.Pools.class, name = "pools"),
})
public sealed interface FeedMessage {
  /// What follows up to the next [Position] is all there is: bindings that it lacks no longer
  /// exist.
  record SnapshotStart() implements FeedMessage {}

  /// The binding is now so.
  record Changed(Binding binding) implements FeedMessage {}

  /// The tenant is gone for good.
  ///
  /// @param version higher than that of any binding the tenant had
  record Removed(PoolName pool, TenantId tenant, long version) implements FeedMessage {}

  /// Every change up to this revision has been sent. A node acknowledges it.
  record Position(Revision revision) implements FeedMessage {}

  /// All nodes of the cell; replaces the list before.
  record Nodes(List<NodeAddress> nodes) implements FeedMessage {
    public Nodes {
      nodes = List.copyOf(nodes);
    }
  }

  /// All tokens that nodes accept, at most [TokenGrant#MAX]; replaces the list before. Sent whole
  /// to nodes that say in [dev.burgage.protocol.node.Join] that they read scopes; to others only
  /// those of which they know enough.
  ///
  /// @param edition counts the changes of the list, and goes back to the control plane with the
  ///   next acknowledgement; null if it counts none
  record Tokens(List<TokenGrant> tokens, @Nullable Long edition) implements FeedMessage {
    public Tokens {
      tokens = List.copyOf(tokens);
    }
  }

  /// All pools whose limits of SQL are not the usual ones; replaces the list before. Sent to nodes
  /// that say in [dev.burgage.protocol.node.Join] that they read it.
  record Pools(List<PoolLimits> pools) implements FeedMessage {
    public Pools {
      pools = List.copyOf(pools);
    }
  }

  /// A pool's limits of SQL.
  record PoolLimits(PoolName pool, SqlLimits limits) {}
}
