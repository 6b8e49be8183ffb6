package dev.burgage.control.binding;

import dev.burgage.control.token.TokenDelivery;
import dev.burgage.protocol.NodeName;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// Takes new editions of the list of tokens to the nodes: wakes the streams, which send it, and
/// waits for the acknowledgements.
@Component
class FeedTokens implements TokenDelivery {
  private static final Duration LONGEST = Duration.ofMillis(1_500);

  private final FeedStreams streams;
  private final Acknowledgements acknowledgements;
  private final Wakeups wakeups;
  private final HintTicker ticker;

  FeedTokens(
      FeedStreams streams, Acknowledgements acknowledgements, Wakeups wakeups, HintTicker ticker) {
    this.streams = streams;
    this.acknowledgements = acknowledgements;
    this.wakeups = wakeups;
    this.ticker = ticker;
  }

  @Override
  public void deliver(long edition) {
    wakeups.wake();
    ticker.changed();
    long deadline = System.nanoTime() + LONGEST.toNanos();
    try {
      for (NodeName node : streams.knowingTokens()) {
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        acknowledgements.awaitTokens(node, edition, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
