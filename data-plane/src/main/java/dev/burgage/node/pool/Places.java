package dev.burgage.node.pool;

import dev.burgage.node.engine.StatementFailedException;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// How many databases may be open at once, and who waits for one to be closed. Thread-safe.
final class Places {
  private final Semaphore free;
  private final Duration wait;
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  /// @param wait how long a caller waits for a place
  Places(int max, Duration wait) {
    this.free = new Semaphore(max);
    this.wait = wait;
  }

  /// @param makeRoom is run if there is no place
  /// @throws BurgageException `overloaded` if none came free in time
  void take(Runnable makeRoom) {
    if (free.tryAcquire()) {
      return;
    }
    makeRoom.run();
    waiting.incrementAndGet();
    try {
      if (free.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waiting.decrementAndGet();
    }
    refused.increment();
    throw new BurgageException(ErrorCode.OVERLOADED, StatementFailedException.OVERLOADED);
  }

  void giveBack() {
    free.release();
  }

  boolean areWaitedFor() {
    return waiting.get() > 0;
  }

  long refusedCount() {
    return refused.sum();
  }
}
