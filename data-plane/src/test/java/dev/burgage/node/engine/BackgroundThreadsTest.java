package dev.burgage.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.engine.BackgroundThreads.Pause;
import dev.burgage.node.engine.StatementSlots.Slot;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BackgroundThreadsTest {
  private final StatementSlots slots = new StatementSlots(2, 4);
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  @Test
  void whileRequestsComeACoreIsLeft() throws Exception {
    var requestsCome = new AtomicBoolean(true);
    Thread requests = Thread.ofPlatform().start(() -> askWhile(requestsCome));
    try (var threads = threads()) {
      for (int i = 0; i < 20; i++) {
        threads.execute(() -> work(1));
      }
    }
    requestsCome.set(false);
    requests.join();
    assertThat(most).hasValue(1);
  }

  @Test
  void whenNobodyAsksAllThreadsWork() {
    var all = new CountDownLatch(4);
    try (var threads = threads()) {
      for (int i = 0; i < 4; i++) {
        threads.execute(() -> {
          all.countDown();
          await(all);
        });
      }
    }
    assertThat(all.getCount()).isZero();
  }

  @Test
  void theyRestWhileRequestsComeAndOnlyThen() throws Exception {
    var rests = new ConcurrentLinkedQueue<Long>();
    var compiled = new AtomicLong(1_000);
    var computed = new AtomicLong();
    var pause = new Pause(rests::add, computed::get, compiled::get);
    try (var threads = new BackgroundThreads(slots, 4, Executors.defaultThreadFactory(), pause)) {
      while (!slots.isQuietFor(TimeUnit.SECONDS.toNanos(1))) {
        Thread.sleep(10);
      }
      threads.submit(() -> work(1)).get();
      threads.submit(() -> assertThat(rests).isEmpty()).get();

      var requestsCome = new AtomicBoolean(true);
      Thread requests = Thread.ofPlatform().start(() -> askWhile(requestsCome));
      while (slots.isQuietFor(TimeUnit.SECONDS.toNanos(1))) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < 5; i++) {
        threads.submit(() -> work(2)).get();
      }
      threads.submit(() -> computed.addAndGet(10_000_000)).get();
      threads.submit(() -> compiled.addAndGet(100)).get();
      threads.submit(() -> compiled.addAndGet(3_600_000)).get();
      requestsCome.set(false);
      requests.join();
    }
    List<Long> millis = rests.stream().map(TimeUnit.NANOSECONDS::toMillis).toList();
    assertThat(millis).hasSize(8);
    assertThat(millis.subList(0, 5))
        .as("who has waited")
        .allMatch(rest -> rest >= 2 && rest <= 100);
    assertThat(millis.get(5)).as("who has computed").isBetween(70L, 100L);
    assertThat(millis.get(6)).as("who has compiled").isBetween(700L, 800L);
    assertThat(millis.get(7)).as("who has compiled for hours").isBetween(1_000L, 1_100L);
  }

  private BackgroundThreads threads() {
    return new BackgroundThreads(slots, 4, Executors.defaultThreadFactory());
  }

  // Also a moment before the first task.
  private void askWhile(AtomicBoolean goesOn) {
    while (goesOn.get()) {
      @Nullable Slot slot = slots.enter("tenant", System.nanoTime() + TimeUnit.SECONDS.toNanos(50));
      if (slot != null) {
        slot.leave();
      }
    }
  }

  private void work(long millis) {
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    running.decrementAndGet();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
