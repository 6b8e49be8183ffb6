package dev.burgage.control.node;

import dev.burgage.control.access.NodeTokens;
import dev.burgage.control.access.TokenDigest;
import dev.burgage.control.access.Tokens;
import dev.burgage.control.metadata.MetadataCopy;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.binding.NodeAddress;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Join;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Which nodes there are, as a [MetadataCopy] has it. Thread-safe.
@Component
public class NodeRegistry implements NodeTokens {
  private final NodeRepository rows;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final MetadataCopy<Nodes> copy;

  NodeRegistry(NodeRepository rows, TransactionTemplate transaction, Clock clock) {
    this.rows = rows;
    this.transaction = transaction;
    this.clock = clock;
    this.copy = new MetadataCopy<>(clock, () -> Nodes.of(rows.findAll()));
  }

  /// @return the token of the new node; it is kept nowhere
  /// @throws BurgageException `conflict` if the name is taken
  String register(NodeName name) {
    String token = Tokens.make("bgn." + name + ".");
    boolean taken = rows.existsById(name.value());
    if (!taken) {
      try {
        rows.save(new NodeRow(name, TokenDigest.of(token), clock.instant()));
        copy.forget();
        return token;
      } catch (DataIntegrityViolationException e) {
        taken = true; // by a request at the same time
      }
    }
    throw new BurgageException(
        ErrorCode.CONFLICT,
        "node \"%s\" is registered already; choose another name".formatted(name));
  }

  /// Gives the node another token. The one before opens no stream any more; a stream that is open
  /// stays.
  ///
  /// @return the new token; it is kept nowhere
  /// @throws BurgageException `not_found`
  String replaceToken(NodeName name) {
    String token = Tokens.make("bgn." + name + ".");
    Integer replaced =
        transaction.execute(status -> rows.replaceToken(name.value(), TokenDigest.of(token).hex()));
    if (replaced == null || replaced == 0) {
      throw unknown(name);
    }
    copy.forget();
    return token;
  }

  /// Strikes the node off, if it has stopped and owns nothing.
  ///
  /// @throws BurgageException `not_found`, or `conflict` if it lives or has databases
  void remove(NodeName name) {
    Integer removed;
    try {
      removed = transaction.execute(status -> rows.deleteGone(name.value()));
    } catch (DataIntegrityViolationException e) {
      throw new BurgageException(
          ErrorCode.CONFLICT,
          ("node \"%s\" has databases, or had some until a few minutes ago; delete their tenants,"
                  + " wait until they are purged, and repeat the request")
              .formatted(name),
          e);
    }
    if (removed == null || removed == 0) {
      throw findFresh(name).isEmpty()
          ? unknown(name)
          : new BurgageException(
              ErrorCode.CONFLICT,
              "node \"%s\" is live; stop it, wait ten seconds, and repeat the request"
                  .formatted(name));
    }
    copy.forget();
  }

  private static BurgageException unknown(NodeName name) {
    return new BurgageException(
        ErrorCode.NOT_FOUND, "node \"%s\" is not registered".formatted(name));
  }

  /// Makes sure that the node is there and has this token.
  public void register(NodeName name, String token) {
    transaction.executeWithoutResult(status -> {
      TokenDigest digest = TokenDigest.of(token);
      rows.findById(name.value())
          .ifPresentOrElse(
              row -> row.replaceToken(digest),
              () -> rows.save(new NodeRow(name, digest, clock.instant())));
    });
    copy.forget();
  }

  /// Ordered by name.
  public List<Node> list() {
    return copy.get().list();
  }

  public Optional<Node> find(String name) {
    return list().stream().filter(node -> node.name().value().equals(name)).findFirst();
  }

  /// The node, as it is in PostgreSQL now.
  public Optional<Node> findFresh(NodeName name) {
    copy.forget();
    return find(name.value());
  }

  /// Every node that has ever joined.
  public List<NodeAddress> addresses() {
    return list().stream().flatMap(node -> node.address().stream()).toList();
  }

  @Override
  public Optional<TokenDigest> find(NodeName node) {
    // Not asked anew when it is unknown: a stranger could make us ask for each of his guesses.
    return Optional.ofNullable(copy.get().tokens().get(node.value()));
  }

  /// The node has opened a stream; it takes the place of any other.
  public void join(NodeName name, Join join, UUID stream) {
    String quarantined = Json.mapper().writeValueAsString(join.quarantined());
    transaction.executeWithoutResult(status ->
        rows.join(name.value(), join.url().toString(), join.orderToken(), stream, quarantined));
    copy.forget();
  }

  /// The node refuses the database no more.
  public void released(NodeName name, DatabaseId database) {
    transaction.executeWithoutResult(status -> rows.release(name.value(), database.toString()));
    copy.forget();
  }

  /// The stream lives.
  ///
  /// @return false if the node has another stream by now
  public boolean beat(NodeName name, UUID stream, @Nullable Revision acknowledged) {
    String text = acknowledged == null ? null : acknowledged.toString();
    return Boolean.TRUE.equals(
        transaction.execute(status -> rows.beat(name.value(), stream, text) == 1));
  }

  /// The stream has ended.
  public void leave(NodeName name, UUID stream) {
    transaction.executeWithoutResult(status -> rows.leave(name.value(), stream));
    copy.forget();
  }

  /// For each node that has acknowledged something: how old the oldest change is, in milliseconds,
  /// that it is not known to serve by; 0 if there is none. Acknowledgements are written down once a
  /// second, so a node that is busy looks up to a second older than it is.
  Map<String, Long> lagMillis() {
    return rows.lags().stream()
        .collect(Collectors.toMap(NodeRepository.Lag::getName, NodeRepository.Lag::getMillis));
  }

  private record Nodes(List<Node> list, Map<String, TokenDigest> tokens) {
    static Nodes of(List<NodeRow> rows) {
      List<Node> list =
          rows.stream().map(NodeRow::toNode).sorted(Comparator.comparing(Node::name)).toList();
      Map<String, TokenDigest> tokens =
          rows.stream()
              .map(row -> Map.entry(row.toNode().name().value(), row.token()))
              .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
      return new Nodes(list, tokens);
    }
  }
}
