package dev.burgage.control.rollout;

import dev.burgage.control.rollout.RolloutEvents.Event;
import dev.burgage.migrations.rollout.RolloutState;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// The feeds that somebody listens to: one thread for each rollout looks twice a second, however
/// many listen. They end first when the process stops, because the web server would wait for them.
/// Thread-safe.
@Component
class RolloutFeeds implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(RolloutFeeds.class);
  private static final Duration EVERY = Duration.ofMillis(500);
  private static final int LISTENERS_MOST = 1000;
  private static final int PAGE = 100;

  private final RolloutRows rows;
  private final RolloutEvents events;
  private final RolloutViews views;
  private final JsonMapper json;
  private final Map<UUID, Open> open = new HashMap<>();
  private int listeners;
  private volatile boolean isStarted;

  RolloutFeeds(RolloutRows rows, RolloutEvents events, RolloutViews views, JsonMapper json) {
    this.rows = rows;
    this.events = events;
    this.views = views;
    this.json = json;
  }

  private static final class Open {
    private final RolloutFeed feed = new RolloutFeed();
    private int listeners;
    private Thread poller = Thread.ofVirtual().unstarted(() -> {});
  }

  /// To be given back by [#leave].
  ///
  /// @throws BurgageException `overloaded`
  synchronized RolloutFeed join(UUID rollout) {
    if (!isStarted) {
      throw new BurgageException(ErrorCode.NOT_READY, "the control plane is stopping; come again");
    }
    if (listeners >= LISTENERS_MOST) {
      throw new BurgageException(
          ErrorCode.OVERLOADED,
          "%d listeners follow rollouts here already; try again, or ask for the rollout now and then"
              .formatted(LISTENERS_MOST));
    }
    listeners++;
    Open found = open.computeIfAbsent(rollout, this::start);
    found.listeners++;
    return found.feed;
  }

  synchronized void leave(UUID rollout) {
    listeners--;
    Open found = open.get(rollout);
    if (found != null && --found.listeners == 0) {
      open.remove(rollout);
      found.poller.interrupt();
    }
  }

  @Override
  public void start() {
    isStarted = true;
  }

  @Override
  public synchronized void stop() {
    isStarted = false;
    for (Open each : open.values()) {
      each.poller.interrupt();
      each.feed.close();
    }
  }

  @Override
  public boolean isRunning() {
    return isStarted;
  }

  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }

  private Open start(UUID rollout) {
    Open fresh = new Open();
    fresh.poller =
        Thread.ofVirtual().name("rollout-feed-" + rollout).start(() -> poll(rollout, fresh.feed));
    return fresh;
  }

  private void poll(UUID rollout, RolloutFeed feed) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        look(rollout, feed);
      } catch (RuntimeException e) {
        LOG.info("Rollout {} cannot be followed at the moment: {}", rollout, e.getMessage());
      }
      try {
        Thread.sleep(EVERY);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  // The state is read first: an event that comes in between is told a moment early, none too late.
  private void look(UUID rollout, RolloutFeed feed) {
    Optional<RolloutRow> row = rows.find(rollout);
    List<Event> more = events.after(rollout, feed.newest(), PAGE);
    feed.tell(
        more,
        row.map(found -> json.writeValueAsString(views.brief(found))).orElse("{}"),
        more.size() < PAGE && row.map(RolloutRow::state).map(RolloutState::isOver).orElse(true));
  }
}
