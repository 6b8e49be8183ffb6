package dev.burgage.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.engine.StatementSlots.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatementSlotsTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void tenantsTakeTurnsHoweverManyRequestsOneOfThemHas() throws Exception {
    StatementSlots slots = new StatementSlots(1, 2);
    Slot held = entered(slots.enter("a", farAway()));
    var order = new ConcurrentLinkedQueue<String>();
    List<Future<?>> waiting = new ArrayList<>();
    for (String tenant : List.of("a", "a", "a", "b")) {
      waiting.add(threads.submit(() -> pass(slots, tenant, order)));
      while (slots.waiting() < waiting.size()) {
        Thread.onSpinWait();
      }
    }
    held.leave();
    for (Future<?> one : waiting) {
      one.get();
    }
    assertThat(order).containsExactly("a", "b", "a", "a");
  }

  @Test
  void oneThatHasHadItsSliceGivesWayAndGoesOn() throws Exception {
    StatementSlots slots = new StatementSlots(1, 1);
    var stop = new AtomicBoolean();
    Future<?> endless = threads.submit(() -> runUntil(stop, slots, "long"));
    for (int i = 0; i < 20; i++) {
      Slot quick = entered(slots.enter("quick", farAway()));
      assertThat(endless.isDone()).isFalse();
      quick.leave();
    }
    stop.set(true);
    endless.get();
  }

  @Test
  void longOnesLeaveACoreToOthersWhileThereAreAny() throws Exception {
    assertThat(longOnesAtOnce(new StatementSlots(2, 4, Long.MAX_VALUE))).isEqualTo(1);
  }

  @Test
  void longOnesHaveAllCoresWhenNobodyElseComes() throws Exception {
    assertThat(longOnesAtOnce(new StatementSlots(2, 4, /* quietNanos= */ 0))).isEqualTo(2);
  }

  // On threads of the system's, which share whatever cores there are: virtual ones would run one
  // after the other while another test holds the carriers.
  private static int longOnesAtOnce(StatementSlots slots) throws Exception {
    int longOnes = 3;
    var paused = new CountDownLatch(longOnes); // each was new once
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService own = Executors.newFixedThreadPool(longOnes)) {
      for (int i = 0; i < longOnes; i++) {
        all.add(
            own.submit(() -> {
              Slot slot = entered(slots.enter("attacker", farAway()));
              spin();
              slot.pause(farAway());
              paused.countDown();
              int slices = 0;
              while (slices < 200) {
                int now = running.incrementAndGet();
                if (paused.getCount() == 0) {
                  most.accumulateAndGet(now, Math::max);
                  slices++;
                }
                spin();
                running.decrementAndGet();
                slot.pause(farAway());
              }
              slot.leave();
            }));
      }
    }
    for (Future<?> one : all) {
      one.get();
    }
    return most.get();
  }

  @Test
  void longOnesHaveTheirTurnBesideAStreamOfNewOnes() throws Exception {
    StatementSlots slots = new StatementSlots(1, 1);
    var stop = new AtomicBoolean();
    var slices = new AtomicInteger();
    Future<?> endless =
        threads.submit(() -> {
          Slot slot = entered(slots.enter("long", farAway()));
          while (slices.incrementAndGet() < 20) {
            spin();
            slot.pause(farAway());
          }
          slot.leave();
        });
    List<Future<?>> stream = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String tenant = "t" + i;
      stream.add(
          threads.submit(() -> {
            while (!stop.get()) {
              pass(slots, tenant, new ConcurrentLinkedQueue<>());
            }
          }));
    }
    endless.get();
    stop.set(true);
    for (Future<?> one : stream) {
      one.get();
    }
  }

  @Test
  void whoWaitsTooLongGetsNone() {
    StatementSlots slots = new StatementSlots(1, 1);
    Slot held = entered(slots.enter("a", farAway()));
    assertThat(slots.enter("b", System.nanoTime() + Duration.ofMillis(20).toNanos())).isNull();
    held.leave();
    assertThat(slots.enter("b", farAway())).isNotNull();
  }

  @Test
  void oneThatIsMovedAsideMakesRoomOnlyOnce() {
    StatementSlots slots = new StatementSlots(1, 1);
    Slot stuck = entered(slots.enter("a", farAway()));
    stuck.moveAside();
    stuck.moveAside();
    Slot other = entered(slots.enter("b", farAway()));
    assertThat(slots.enter("c", System.nanoTime())).isNull();
    stuck.leave();
    assertThat(slots.enter("c", System.nanoTime())).isNull();
    other.leave();
    assertThat(slots.enter("c", System.nanoTime())).isNotNull();
  }

  @Test
  void noSlotIsLostOrDoubledWhateverHappensAtOnce() throws Exception {
    StatementSlots slots = new StatementSlots(3, 2);
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String tenant = "t" + i % 5;
      all.add(threads.submit(() -> race(slots, tenant, inside, most)));
    }
    for (Future<?> one : all) {
      one.get();
    }
    assertThat(most.get()).isLessThanOrEqualTo(slots.max());
    for (int i = 0; i < 3; i++) {
      assertThat(slots.enter("after", System.nanoTime())).as("slot %d", i).isNotNull();
    }
    assertThat(slots.enter("after", System.nanoTime())).isNull();
  }

  private static void race(
      StatementSlots slots, String tenant, AtomicInteger inside, AtomicInteger most) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < 2_000; i++) {
      long deadline = System.nanoTime() + random.nextLong(3_000_000);
      @Nullable Slot slot = slots.enter(tenant, deadline);
      if (slot == null) {
        continue;
      }
      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
      switch (random.nextInt(8)) {
        case 0 -> slot.moveAside();
        case 1 -> {
          spin();
          slot.pause(deadline);
        }
        default -> LockSupport.parkNanos(1); // somebody else's turn
      }
      inside.decrementAndGet();
      slot.leave();
    }
  }

  private static void pass(
      StatementSlots slots, String tenant, ConcurrentLinkedQueue<String> order) {
    Slot slot = entered(slots.enter(tenant, farAway()));
    order.add(tenant);
    slot.leave();
  }

  private static void runUntil(AtomicBoolean stop, StatementSlots slots, String tenant) {
    Slot slot = entered(slots.enter(tenant, farAway()));
    while (!stop.get()) {
      spin();
      slot.pause(farAway());
    }
    slot.leave();
  }

  private static Slot entered(@Nullable Slot slot) {
    return Objects.requireNonNull(slot, "no slot");
  }

  // Longer than a slice.
  private static void spin() {
    long end = System.nanoTime() + 2 * StatementSlots.SLICE_NANOS;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  private static long farAway() {
    return System.nanoTime() + Duration.ofSeconds(50).toNanos();
  }
}
