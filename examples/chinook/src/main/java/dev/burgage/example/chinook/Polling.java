package dev.burgage.example.chinook;

import dev.burgage.client.Burgage;
import dev.burgage.d1.D1Exception;
import dev.burgage.d1.D1PreparedStatement;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A client that asks a tenant's database again and again until it answers, or does worse than not
/// knowing the tenant. It has a connection of its own, so it knows no revision. Thread-safe.
final class Polling implements AutoCloseable {
  private static final int UNKNOWN_WANTED = 10;

  private final Burgage connection;
  private final LongSupplier nanoTime;
  private final Thread thread;
  private final CountDownLatch unknownSeen = new CountDownLatch(UNKNOWN_WANTED);
  private final CountDownLatch goodSeen = new CountDownLatch(1);
  // When each of the questions was asked that got "unknown tenant" for an answer.
  private final List<Long> unknownAsked = new CopyOnWriteArrayList<>();
  private volatile long firstGood;
  private volatile @Nullable String trouble;
  private volatile boolean stopped;

  private Polling(Burgage connection, LongSupplier nanoTime, String tenant) {
    this.connection = connection;
    this.nanoTime = nanoTime;
    D1PreparedStatement question =
        connection.env(Stage.POOL).DB_POOL.get(tenant).prepare("SELECT count(*) AS n FROM Genre");
    this.thread = Thread.ofPlatform().name("polling").daemon().unstarted(() -> ask(question));
  }

  static Polling start(Stage stage, String tenant) {
    Polling polling = new Polling(stage.strangers().get(), stage.nanoTime(), tenant);
    polling.thread.start();
    return polling;
  }

  private void ask(D1PreparedStatement question) {
    while (!stopped && goodSeen.getCount() > 0) {
      long asked = nanoTime.getAsLong();
      try {
        Object genres = question.first("n");
        firstGood = nanoTime.getAsLong();
        if (!Long.valueOf(0).equals(genres)) {
          trouble = "a new store has " + genres + " genres";
        }
        goodSeen.countDown();
      } catch (D1Exception e) {
        if (e.code() != ErrorCode.UNKNOWN_TENANT) {
          trouble = e.getMessage();
          return;
        }
        unknownAsked.add(asked);
        unknownSeen.countDown();
      }
    }
  }

  boolean awaitUnknown(Duration within) throws InterruptedException {
    return unknownSeen.await(within.toMillis(), TimeUnit.MILLISECONDS) && trouble == null;
  }

  boolean awaitGood(Duration within) throws InterruptedException {
    return goodSeen.await(within.toMillis(), TimeUnit.MILLISECONDS) && trouble == null;
  }

  int unknown() {
    return unknownAsked.size();
  }

  long unknownAskedAfter(long moment) {
    return unknownAsked.stream().filter(asked -> asked - moment > 0).count();
  }

  /// When the first good answer had come.
  long firstGood() {
    return firstGood;
  }

  @Override
  public String toString() {
    return "%d polls said unknown, %s".formatted(unknown(), trouble == null ? "no error" : trouble);
  }

  @Override
  public void close() {
    stopped = true;
    connection.close();
  }
}
