package dev.burgage.control.binding;

import dev.burgage.control.node.NodeClient;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// Waits until a node has a revision, so that an answer can promise it. Acknowledgements that come
/// to this process are the short way; a node whose stream is elsewhere is asked itself.
@Component
public class Arrival {
  /// How long the short way may take before the node is asked.
  private static final Duration SHORT_WAY = Duration.ofMillis(1_500);

  private final FeedStreams streams;
  private final Acknowledgements acknowledgements;
  private final NodeClient client;

  Arrival(FeedStreams streams, Acknowledgements acknowledgements, NodeClient client) {
    this.streams = streams;
    this.acknowledgements = acknowledgements;
    this.client = client;
  }

  /// @throws BurgageException `revision_not_reached` after about 10 s
  public void await(NodeName node, Revision revision) {
    if (arrivesSoon(node, revision)) {
      return;
    }
    boolean arrived;
    try {
      arrived = client.position(node, revision).compareTo(revision) >= 0;
    } catch (BurgageException e) {
      arrived = false;
    }
    if (!arrived) {
      throw new BurgageException(
          ErrorCode.REVISION_NOT_REACHED,
          "the change is stored, but node \"%s\" has not seen it yet; repeat the request, which changes nothing more"
              .formatted(node));
    }
  }

  /// Waits only if this process has the node's stream, and not for long.
  ///
  /// @return whether the node has it
  public boolean arrivesSoon(NodeName node, Revision revision) {
    try {
      return streams.isHere(node) && acknowledgements.await(node, revision, SHORT_WAY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BurgageException(ErrorCode.NOT_READY, "the control plane is stopping", e);
    }
  }
}
