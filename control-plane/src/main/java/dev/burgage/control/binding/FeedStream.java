package dev.burgage.control.binding;

import dev.burgage.control.access.AdminToken;
import dev.burgage.control.binding.BindingRows.ChangePage;
import dev.burgage.control.node.NodeRegistry;
import dev.burgage.control.pool.Pools;
import dev.burgage.control.token.TokenList;
import dev.burgage.control.token.TokenRegistry;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.FeedCodec;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.NodeAddress;
import dev.burgage.protocol.binding.TokenGrant;
import dev.burgage.protocol.node.Join;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/// One node's stream: reads the changes and writes them as lines, on the virtual thread of the
/// node's request, until the node goes, comes anew, or the process stops. While PostgreSQL is away
/// it goes on giving its sign of life, so nodes do not mistake that for their control plane's
/// death.
///
/// Only [#end()], [#lagSeconds()] and [#node()] may be called from other threads.
final class FeedStream {
  private static final Duration SIGN_OF_LIFE = Duration.ofMillis(900);
  private static final Duration RETRY_FIRST = Duration.ofMillis(1);
  private static final Duration RETRY_LAST = Duration.ofMillis(50);
  private static final Logger LOG = LoggerFactory.getLogger(FeedStream.class);

  private final NodeName node;
  private final UUID id = UUID.randomUUID();
  private final OutputStream out;
  private final Sources sources;
  private volatile boolean ended;
  private volatile long behindSinceNanos;
  private @Nullable Revision position;
  private final boolean readsPools;
  private final boolean readsScopes;
  private List<NodeAddress> nodesSent = List.of();
  private @Nullable List<FeedMessage.PoolLimits> poolsSent;
  private @Nullable Long editionSent;
  private long signOfLifeNanos;
  private long beatNanos;

  FeedStream(NodeName node, Join join, OutputStream out, Sources sources) {
    this.node = node;
    this.position = join.after();
    this.readsPools = Boolean.TRUE.equals(join.readsPools());
    this.readsScopes = Boolean.TRUE.equals(join.readsScopes());
    this.out = out;
    this.sources = sources;
  }

  NodeName node() {
    return node;
  }

  boolean readsScopes() {
    return readsScopes;
  }

  UUID id() {
    return id;
  }

  void end() {
    ended = true;
  }

  double lagSeconds() {
    long since = behindSinceNanos;
    return since == 0 ? 0 : (System.nanoTime() - since) / 1e9;
  }

  /// Returns when the stream has ended.
  ///
  /// @throws IOException if the node went away
  void run() throws IOException, InterruptedException {
    sendNodes(sources.registry().addresses());
    sendTokensIfKnown();
    out.flush();
    Duration retry = RETRY_FIRST;
    while (!ended) {
      long seen = sources.wakeups().count();
      boolean more = step();
      if (more) {
        continue;
      }
      boolean behind = isBehind();
      behindSinceNanos = !behind ? 0 : behindSinceNanos == 0 ? System.nanoTime() : behindSinceNanos;
      sources.wakeups().await(seen, behind ? retry : untilSignOfLife());
      retry = behind ? min(retry.multipliedBy(2), RETRY_LAST) : RETRY_FIRST;
    }
  }

  /// @return whether there is more to send at once
  private boolean step() throws IOException {
    try {
      sendNodesIfChanged();
      sendPoolsIfChanged();
      sendTokensIfChanged();
      boolean more = sendChanges();
      signOfLife();
      return more;
    } catch (DataAccessException | TransactionException e) {
      LOG.debug("The stream of {} waits for the metadata database", node, e);
      signOfLife();
      return false;
    }
  }

  private boolean sendChanges() throws IOException {
    Revision from = position;
    if (from == null) {
      sendSnapshot();
      return true;
    }
    ChangePage page = sources.rows().changesAfter(from);
    if (page.lost()) {
      LOG.info(
          "Node {} is at {}, which is too old or unknown here; it gets a snapshot", node, from);
      position = null;
      return true;
    }
    position = page.position();
    if (!page.messages().isEmpty()) {
      for (FeedMessage message : page.messages()) {
        send(message);
      }
      sendPosition(page.position());
    }
    return !page.exhausted();
  }

  // Page by page and not in one long transaction: what changes meanwhile comes after the position
  // taken first, so
  // it follows as a change.
  private void sendSnapshot() throws IOException {
    Revision start = sources.rows().settled();
    send(new FeedMessage.SnapshotStart());
    long count = 0;
    Optional<Binding> last = Optional.empty();
    List<Binding> page = sources.rows().page(last);
    while (!page.isEmpty()) {
      for (Binding binding : page) {
        send(new FeedMessage.Changed(binding));
      }
      count += page.size();
      last = Optional.of(page.getLast());
      page = page.size() < BindingRows.PAGE ? List.of() : sources.rows().page(last);
    }
    position = start;
    sendPosition(start);
    LOG.info("Node {} got a snapshot of {} bindings at {}", node, count, start);
  }

  private void signOfLife() throws IOException {
    Revision known = position;
    if (known == null) {
      return;
    }
    if (untilSignOfLife().isZero()) {
      sendPosition(known);
    }
    beat();
  }

  // By a clock of its own: a stream that always has changes to send needs no sign of life, but its
  // node is to be seen alive all the same.
  private void beat() {
    long now = System.nanoTime();
    if (beatNanos != 0 && now - beatNanos < SIGN_OF_LIFE.toNanos()) {
      return;
    }
    beatNanos = now;
    try {
      Revision acknowledged = sources.acknowledgements().newest(node).orElse(null);
      if (!sources.registry().beat(node, id, acknowledged)) {
        LOG.info("Node {} has opened another stream; this one ends", node);
        ended = true;
      }
    } catch (DataAccessException | TransactionException e) {
      LOG.debug("The sign of life of {} is not recorded", node, e);
    }
  }

  private Duration untilSignOfLife() {
    long left = SIGN_OF_LIFE.toNanos() - (System.nanoTime() - signOfLifeNanos);
    return signOfLifeNanos == 0 || left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
  }

  private boolean isBehind() {
    Revision known = position;
    return known != null && known.compareTo(sources.wakeups().committedHere()) < 0;
  }

  private void sendNodesIfChanged() throws IOException {
    List<NodeAddress> now = sources.registry().addresses();
    if (!now.equals(nodesSent)) {
      sendNodes(now);
      out.flush();
    }
  }

  private void sendNodes(List<NodeAddress> nodes) throws IOException {
    send(new FeedMessage.Nodes(nodes));
    nodesSent = nodes;
  }

  private void sendPoolsIfChanged() throws IOException {
    List<FeedMessage.PoolLimits> now = readsPools ? sources.pools().limited() : List.of();
    if (readsPools && !now.equals(poolsSent)) {
      send(new FeedMessage.Pools(now));
      poolsSent = now;
      out.flush();
    }
  }

  // Without them there is no list to send: one of the admin token alone would withdraw all others.
  private void sendTokensIfKnown() throws IOException {
    try {
      sendTokensIfChanged();
    } catch (DataAccessException | TransactionException e) {
      LOG.info("Node {} keeps the tokens that it knows: they cannot be read now", node);
    }
  }

  private void sendTokensIfChanged() throws IOException {
    TokenList now = sources.tokens().list();
    if (Objects.equals(now.edition(), editionSent)) {
      return;
    }
    List<TokenGrant> grants = new ArrayList<>(now.grants().size() + 1);
    grants.add(sources.admin().grant());
    now.grants().stream().filter(grant -> readsScopes || grant.isUnlimited()).forEach(grants::add);
    send(new FeedMessage.Tokens(grants, now.edition()));
    editionSent = now.edition();
    Revision known = position;
    if (known != null && signOfLifeNanos != 0) {
      sendPosition(known); // what a node acknowledges, and keeps for its next start
    }
  }

  private void sendPosition(Revision revision) throws IOException {
    send(new FeedMessage.Position(revision));
    out.flush();
    signOfLifeNanos = System.nanoTime();
  }

  private void send(FeedMessage message) throws IOException {
    out.write(FeedCodec.encode(message));
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// What all streams read from.
  @Component
  record Sources(
      BindingRows rows,
      NodeRegistry registry,
      Pools pools,
      AdminToken admin,
      TokenRegistry tokens,
      Wakeups wakeups,
      Acknowledgements acknowledgements) {}
}
