package dev.burgage.control.rollout;

import dev.burgage.control.rollout.RolloutEvents.Event;
import dev.burgage.protocol.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/// One listener's stream, written by the thread of its request. It holds nothing back for a slow
/// listener: what it has not read is read again from the table when it can, and of progress it gets
/// the newest.
final class EventFollower {
  /// A sign of life, so that proxies keep the line open.
  private static final Duration SILENCE_LONGEST = Duration.ofSeconds(10);

  private static final int PAGE = 500;

  private final UUID rollout;
  private final RolloutEvents events;
  private final OutputStream out;
  private long seq;

  /// @param after the number of the event that the listener has seen last
  EventFollower(UUID rollout, RolloutEvents events, OutputStream out, long after) {
    this.rollout = rollout;
    this.events = events;
    this.out = out;
    this.seq = after;
  }

  /// Until the rollout is over and all is told, or the listener goes away.
  void follow(RolloutFeed feed) throws IOException, InterruptedException {
    write("retry: 2000\n\n");
    long seen = -1;
    while (!feed.isClosed()) {
      RolloutFeed.News news = feed.await(seen, SILENCE_LONGEST);
      if (news.number() == seen) {
        write(": alive\n\n");
        continue;
      }
      seen = news.number();
      tell(news);
      write("event: progress\ndata: " + news.progress() + "\n\n");
      if (news.isOver()) {
        write("event: end\ndata: {}\n\n");
        return;
      }
    }
  }

  private void tell(RolloutFeed.News news) throws IOException {
    List<Event> recent = news.recent();
    boolean isNear = !recent.isEmpty() && recent.getFirst().seq() <= seq + 1;
    if (isNear) {
      for (Event event : recent) {
        tell(event);
      }
    }
    while (seq < news.newest()) {
      List<Event> missed = events.after(rollout, seq, PAGE);
      if (missed.isEmpty()) {
        return;
      }
      for (Event event : missed) {
        tell(event);
      }
    }
  }

  private void tell(Event event) throws IOException {
    if (event.seq() > seq) {
      seq = event.seq();
      write(
          "id: %d\nevent: %s\ndata: %s\n\n"
              .formatted(seq, event.type(), new String(Json.bytes(event), StandardCharsets.UTF_8)));
    }
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
