package dev.burgage.control.binding;

import dev.burgage.protocol.NodeName;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// The open streams of this process, one a node: a node that comes again takes its own place. They
/// end first when the process stops, because the web server would wait for them. Thread-safe.
@Component
class FeedStreams implements SmartLifecycle {
  private final ConcurrentMap<NodeName, FeedStream> open = new ConcurrentHashMap<>();
  private final Wakeups wakeups;
  private volatile boolean running;

  FeedStreams(Wakeups wakeups, MeterRegistry metrics) {
    this.wakeups = wakeups;
    Gauge.builder("burgage.feed.streams", open, ConcurrentMap::size)
        .description("Open binding streams")
        .register(metrics);
    Gauge.builder("burgage.feed.lag", open, FeedStreams::lagSeconds)
        .description("Time for which the slowest stream has known of changes it could not send")
        .baseUnit("seconds")
        .register(metrics);
  }

  boolean isHere(NodeName node) {
    return open.containsKey(node);
  }

  /// The nodes with a stream here that tell which tokens they know.
  List<NodeName> knowingTokens() {
    return open.values().stream().filter(FeedStream::readsScopes).map(FeedStream::node).toList();
  }

  void opened(FeedStream stream) {
    FeedStream before = open.put(stream.node(), stream);
    if (before != null) {
      before.end();
    }
    if (!running) {
      stream.end();
    }
    wakeups.wake();
  }

  void closed(FeedStream stream) {
    open.remove(stream.node(), stream);
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    open.values().forEach(FeedStream::end);
    wakeups.wake();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }

  private static double lagSeconds(ConcurrentMap<NodeName, FeedStream> open) {
    return open.values().stream().mapToDouble(FeedStream::lagSeconds).max().orElse(0);
  }
}
