package dev.burgage.control.binding;

import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.node.Acknowledgement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.springframework.stereotype.Component;

/// The newest revision, and edition of the list of tokens, that each node acknowledged to this
/// process. Thread-safe.
@Component
class Acknowledgements {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final ConcurrentMap<NodeName, Revision> newest = new ConcurrentHashMap<>();
  private final ConcurrentMap<NodeName, Long> tokens = new ConcurrentHashMap<>();

  void record(NodeName node, Acknowledgement acknowledged) {
    newest.merge(node, acknowledged.revision(), (old, now) -> now.compareTo(old) > 0 ? now : old);
    if (acknowledged.tokens() != null) {
      tokens.merge(node, acknowledged.tokens(), Math::max);
    }
    lock.lock();
    try {
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// A new stream: what was acknowledged on the one before says nothing any more.
  void reset(NodeName node) {
    newest.remove(node);
    tokens.remove(node);
  }

  Optional<Revision> newest(NodeName node) {
    return Optional.ofNullable(newest.get(node));
  }

  /// @return whether the node acknowledged the revision within the time
  boolean await(NodeName node, Revision revision, Duration longest) throws InterruptedException {
    return await(() -> has(node, revision), longest);
  }

  /// @return whether the node acknowledged the edition of the list of tokens within the time
  boolean awaitTokens(NodeName node, long edition, Duration longest) throws InterruptedException {
    return await(() -> tokens.getOrDefault(node, -1L) >= edition, longest);
  }

  private boolean await(BooleanSupplier reached, Duration longest) throws InterruptedException {
    lock.lock();
    try {
      long nanos = longest.toNanos();
      while (!reached.getAsBoolean()) {
        if (nanos <= 0) {
          return false;
        }
        nanos = advanced.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean has(NodeName node, Revision revision) {
    Revision known = newest.get(node);
    return known != null && known.compareTo(revision) >= 0;
  }
}
