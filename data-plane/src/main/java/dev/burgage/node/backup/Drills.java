package dev.burgage.node.backup;

import dev.burgage.node.log.CommitLog;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.Drill;
import dev.burgage.protocol.node.Drill.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rounds of drills on databases drawn by lot: by the schedule, or now. One round at a time.
/// Thread-safe.
public final class Drills {
  /// Databases in one round.
  public static final int SAMPLE_MAX = 100;

  private static final Logger LOG = LoggerFactory.getLogger(Drills.class);

  private final BackupSettings settings;
  private final Supplier<List<Binding>> databases;
  private final CommitLog log;
  private final OneDrill drill;
  private final DrillLog results;
  private final BooleanSupplier isClosing;
  private final Clock clock;
  private final Random random = new Random();
  private final ReentrantLock running = new ReentrantLock();
  private final AtomicLong passed = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /// @param databases of this node
  Drills(
      BackupSettings settings,
      Supplier<List<Binding>> databases,
      CommitLog log,
      OneDrill drill,
      DrillLog results,
      BooleanSupplier isClosing) {
    this.settings = settings;
    this.databases = databases;
    this.log = log;
    this.drill = drill;
    this.results = results;
    this.isClosing = isClosing;
    this.clock = drill.clock();
  }

  /// The newest first.
  public List<Drill> list() {
    return results.drills();
  }

  void forget(DatabaseId database) throws IOException {
    results.forget(database);
  }

  /// Drills some databases now; takes as long as restoring them.
  ///
  /// @param sample 0 for as many as the schedule takes
  /// @throws BurgageException `overloaded` if a round is under way
  public List<Drill> now(int sample) {
    if (sample < 0 || sample > SAMPLE_MAX) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "sample must be between 1 and %d; got %d".formatted(SAMPLE_MAX, sample));
    }
    if (!running.tryLock()) {
      throw new BurgageException(
          ErrorCode.OVERLOADED, "A round of drills is under way; see what became of it.");
    }
    try {
      return round(sample == 0 ? settings.drillSample() : sample);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      running.unlock();
    }
  }

  /// The schedule's round, if one is due.
  void roundIfDue() throws IOException {
    Instant now = clock.instant();
    if (!settings.drillEvery().isPositive()
        || now.isBefore(results.ranAt().plus(settings.drillEvery()))
        || !running.tryLock()) {
      return;
    }
    try {
      results.ran(now);
      round(settings.drillSample());
    } finally {
      running.unlock();
    }
  }

  private List<Drill> round(int sample) throws IOException {
    List<Binding> drawn = new ArrayList<>(databases.get());
    drawn.removeIf(binding -> log.find(binding.database()) == null);
    Collections.shuffle(drawn, random);
    List<Drill> done = new ArrayList<>();
    for (Binding binding : drawn.subList(0, Math.min(sample, drawn.size()))) {
      if (isClosing.getAsBoolean()) {
        break;
      }
      Drill one = drill.run(binding);
      results.add(one);
      done.add(one);
      tell(one);
    }
    return done;
  }

  private void tell(Drill one) {
    if (one.passed()) {
      if (one.backup().result() == Result.PASSED || one.log().result() == Result.PASSED) {
        passed.incrementAndGet();
      }
      return;
    }
    failed.incrementAndGet();
    LOG.error(
        "A DRILL FAILED: tenant {} of pool {} (database {}); backup: {}; log: {}; last good: {}",
        one.tenant(),
        one.pool(),
        one.database(),
        one.backup(),
        one.log(),
        one.lastGood());
  }

  /// Databases that were restored and found right since the start.
  public long passedCount() {
    return passed.get();
  }

  /// Databases that could not be restored, or not to what they were, since the start.
  public long failedCount() {
    return failed.get();
  }
}
