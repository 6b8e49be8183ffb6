package dev.burgage.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How groups come about. Times are long enough for a busy machine, and none is waited for.
@Timeout(60)
class AppendQueueTest {
  private static final long FAST_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long SLOW_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final AppendQueue queue = new AppendQueue(Long.MAX_VALUE);

  private static Append append() {
    RecordKey key = new RecordKey(RecordKey.NO_DATABASE, 0, 1, 0);
    LogRecord record =
        new LogRecord(Kind.SYNCED, key, 0, Pages.none(0, 0), WalPosition.NONE, ChainHash.NONE);
    return new Append(record, Packing.PLAIN, /* before= */ null);
  }

  private void add(int count) throws LogFailedException {
    for (int i = 0; i < count; i++) {
      queue.add(append());
    }
  }

  private void flushed(int count, long nanos) throws LogFailedException {
    add(count);
    assertThat(queue.take()).hasSize(count);
    queue.written(count, nanos);
  }

  @Test
  void aSlowFlushIsHeldBackWhileThoseOfTheLastOneComeAgain() throws Exception {
    flushed(3, SLOW_NANOS);
    add(1);
    FutureTask<List<Append>> group = new FutureTask<>(queue::take);
    Thread writer = Thread.ofPlatform().start(group);
    while (writer.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    add(2);
    assertThat(queue.addAndTake(append())).as("by somebody else meanwhile").isEmpty();
    assertThat(group.get()).hasSizeBetween(3, 4);
  }

  @Test
  void aLogThatIsClosedIsWrittenAtOnce() throws Exception {
    flushed(3, SLOW_NANOS);
    add(1);
    queue.close();
    assertThat(queue.take()).hasSize(1);
  }

  @Test
  void oneClientIsNotWaitedFor() throws Exception {
    flushed(1, SLOW_NANOS);
    add(1);
    assertThat(queue.take()).hasSize(1);
  }

  @Test
  void aFastFlushWaitsForNobody() throws Exception {
    flushed(3, FAST_NANOS);
    add(1);
    assertThat(queue.take()).hasSize(1);
  }

  @Test
  void oneSlowFlushIsNoSlowDisk() throws Exception {
    flushed(3, FAST_NANOS);
    flushed(3, SLOW_NANOS);
    add(1);
    assertThat(queue.take()).hasSize(1);
  }

  @Test
  void whoDoesNotComeIsWaitedForOnlyShortly() throws Exception {
    flushed(3, TimeUnit.SECONDS.toNanos(2));
    add(1);
    assertThat(queue.take()).hasSize(1);
  }
}
