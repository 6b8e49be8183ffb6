package dev.burgage.control.node;

import dev.burgage.control.access.TokenDigest;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.node.Quarantined;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.Formula;
import org.jspecify.annotations.Nullable;

/// A row of table `node`. What changes while a node lives is written by [NodeRepository]'s
/// statements.
@Entity
@Table(name = "node")
class NodeRow {
  @Id private String name;

  @Column(name = "token_sha256")
  private String tokenSha256;

  private Instant createdAt;
  private @Nullable String url;
  private @Nullable String orderToken;
  private @Nullable UUID stream;
  private @Nullable Instant seenAt;
  private @Nullable String acknowledged;

  // The server's clock on both sides: replicas of the control plane need not agree on the time.
  @Formula("coalesce(stream is not null and seen_at > now() - interval '10 seconds', false)")
  private boolean live;

  @Formula("cast(quarantined as text)")
  private @Nullable String quarantined;

  /// For JPA.
  @SuppressWarnings("NullAway.Init")
  protected NodeRow() {}

  NodeRow(NodeName name, TokenDigest token, Instant createdAt) {
    this.name = name.value();
    this.tokenSha256 = token.hex();
    this.createdAt = createdAt;
  }

  void replaceToken(TokenDigest token) {
    this.tokenSha256 = token.hex();
  }

  TokenDigest token() {
    return new TokenDigest(tokenSha256);
  }

  Instant createdAt() {
    return createdAt;
  }

  Optional<UUID> stream() {
    return Optional.ofNullable(stream);
  }

  private List<Quarantined> quarantined() {
    return quarantined == null
        ? List.of()
        : List.of(Json.mapper().readValue(quarantined, Quarantined[].class));
  }

  Node toNode() {
    NodeState state = url == null ? NodeState.EXPECTED : live ? NodeState.LIVE : NodeState.GONE;
    return new Node(
        new NodeName(name),
        state,
        Optional.ofNullable(url).map(URI::create),
        Optional.ofNullable(orderToken),
        Optional.ofNullable(acknowledged).map(Revision::parse),
        Optional.ofNullable(seenAt),
        quarantined());
  }
}
