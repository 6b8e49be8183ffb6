package dev.burgage.node.dormant;

import dev.burgage.node.feed.ControlPlane;
import dev.burgage.protocol.node.ApplyOutcomes;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the control plane what became of woken databases: each at least once, many at a time, and
/// again until it has heard.
public final class OutcomeTeller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeTeller.class);
  private static final Duration GATHERING = Duration.ofMillis(100);
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(2);

  private final Dormant dormant;
  private final ControlPlane controlPlane;
  private final Semaphore news = new Semaphore(1); // what earlier runs have left
  private @Nullable Thread thread;

  public OutcomeTeller(Dormant dormant, ControlPlane controlPlane) {
    this.dormant = dormant;
    this.controlPlane = controlPlane;
  }

  public void start() {
    thread = Thread.ofPlatform().name("outcome-teller").daemon().start(this::run);
  }

  /// There is something to tell.
  public void wake() {
    news.release();
  }

  private void run() {
    try {
      while (true) {
        boolean waiting = !dormant.untold().isEmpty();
        var _ =
            news.tryAcquire(
                waiting ? AGAIN_AFTER.toMillis() : Long.MAX_VALUE, TimeUnit.MILLISECONDS);
        Thread.sleep(GATHERING);
        news.drainPermits();
        for (UUID rollout : dormant.untold()) {
          tell(rollout);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(UUID rollout) throws InterruptedException {
    try {
      OutcomeQueue queue = dormant.queue(rollout);
      while (!queue.isEmpty()) {
        OutcomeQueue.Batch batch = queue.next();
        boolean wanted =
            batch.outcomes().isEmpty()
                || controlPlane.tellMigrated(rollout, new ApplyOutcomes(batch.outcomes()));
        if (!wanted) {
          LOG.info("Nobody wants to know of rollout {} any more", rollout);
          queue.drop();
          return;
        }
        queue.told(batch.end());
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("Outcomes of rollout {} were not told; they will be again", rollout, e);
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
