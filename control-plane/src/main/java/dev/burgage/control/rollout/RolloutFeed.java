package dev.burgage.control.rollout;

import dev.burgage.control.rollout.RolloutEvents.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What is new about one rollout, read by one thread for all its listeners in this process.
/// Thread-safe.
final class RolloutFeed {
  private static final int RECENT_MOST = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closed;
  private News news = new News(0, 0, List.of(), "{}", false);

  /// @param number counts what was new so far
  /// @param newest number of the newest event
  /// @param recent the newest events, in order
  /// @param progress the rollout as JSON
  /// @param isOver whether nothing more will come unless somebody says so
  record News(long number, long newest, List<Event> recent, String progress, boolean isOver) {
    News {
      recent = List.copyOf(recent);
    }
  }

  /// The newest event that is known.
  long newest() {
    lock.lock();
    try {
      return news.newest();
    } finally {
      lock.unlock();
    }
  }

  void tell(List<Event> more, String progress, boolean isOver) {
    lock.lock();
    try {
      if (news.number() > 0
          && more.isEmpty()
          && progress.equals(news.progress())
          && isOver == news.isOver()) {
        return;
      }
      List<Event> recent = new ArrayList<>(news.recent());
      recent.addAll(more);
      if (recent.size() > RECENT_MOST) {
        recent = recent.subList(recent.size() - RECENT_MOST, recent.size());
      }
      long newest = recent.isEmpty() ? 0 : recent.getLast().seq();
      news = new News(news.number() + 1, newest, recent, progress, isOver);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Ends the streams of all listeners; they may come again elsewhere.
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// @param seen the number of what the listener has seen, or -1
  /// @return the newest; what was seen if nothing came in the time
  News await(long seen, Duration longest) throws InterruptedException {
    lock.lock();
    try {
      long nanos = longest.toNanos();
      while (!closed && (news.number() == 0 || news.number() == seen) && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return news.number() == 0 ? new News(seen, 0, List.of(), "{}", false) : news;
    } finally {
      lock.unlock();
    }
  }
}
