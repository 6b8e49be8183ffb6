package dev.burgage.node.backup;

import dev.burgage.node.backup.Changes.Due;
import dev.burgage.node.backup.Ledger.Entry;
import dev.burgage.node.log.LogPosition;
import dev.burgage.node.migrate.Closed;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.node.ApplyMigrations.Target;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.Backup.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the backups that are due, one after the other, and deletes those that have had their time.
/// Its figures may be read by any thread; [#round()] is for one.
final class BackupSchedule {
  private static final Logger LOG = LoggerFactory.getLogger(BackupSchedule.class);
  private static final Duration FORGET_EVERY = Duration.ofHours(1);
  private static final Duration STORE_WAIT_MIN = Duration.ofSeconds(10);
  private static final Duration STORE_WAIT_MAX = Duration.ofMinutes(5);

  private final Parts parts;
  private final Retention retention;
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong packedBytes = new AtomicLong();
  private volatile int waiting;
  private volatile @Nullable String storeFailure;
  private Duration storeWait = STORE_WAIT_MIN;
  private Instant storeTriedAgain = Instant.MIN;
  private Instant forgotten = Instant.MIN;

  /// What it works with.
  ///
  /// @param isClosing whether the node stops
  record Parts(
      BackupSettings settings,
      Changes changes,
      Ledger ledger,
      Failures failures,
      Making making,
      BackupMaker maker,
      BackupObjects objects,
      Closed databases,
      BooleanSupplier isClosing,
      Clock clock) {}

  BackupSchedule(Parts parts) {
    this.parts = parts;
    this.retention = new Retention(parts.settings());
  }

  /// Does all that is due. A store that does not answer is left alone for a while, longer each
  /// time.
  void round() throws IOException {
    Instant now = parts.clock().instant();
    if (now.isBefore(storeTriedAgain)) {
      return;
    }
    try {
      parts.making().tidy(parts.objects());
      if (parts.settings().interval().isPositive()) {
        backUp(parts.changes().look(now));
      }
      retain(now);
      storeAnswers();
    } catch (StoreException e) {
      storeFails(now, e);
    }
    if (forgotten.isBefore(now.minus(FORGET_EVERY))) {
      forgotten = now;
      Set<DatabaseId> known = parts.changes().known();
      parts.ledger().keepOnly(known::contains);
      parts.failures().keepOnly(known::contains);
    }
  }

  private void storeAnswers() {
    if (storeFailure != null) {
      LOG.info("Backups go on: the object store answers again");
    }
    storeFailure = null;
    storeWait = STORE_WAIT_MIN;
    storeTriedAgain = Instant.MIN;
  }

  private void storeFails(Instant now, StoreException cause) {
    if (storeFailure == null) {
      LOG.warn("Backups wait until the object store answers", cause);
    }
    failed.incrementAndGet();
    storeFailure = cause.getMessage();
    storeTriedAgain = now.plus(storeWait);
    Duration twice = storeWait.multipliedBy(2);
    storeWait = twice.compareTo(STORE_WAIT_MAX) < 0 ? twice : STORE_WAIT_MAX;
  }

  private void backUp(List<Due> due) throws StoreException {
    int left = due.size();
    for (Due one : due) {
      waiting = left--;
      if (parts.isClosing().getAsBoolean()) {
        return;
      }
      DatabaseId database = one.binding().database();
      if (!parts.failures().mustWait(database, parts.clock().instant())) {
        backUp(one);
      }
    }
    waiting = 0;
  }

  private void backUp(Due due) throws StoreException {
    Binding binding = due.binding();
    try {
      Backup backup = make(binding);
      note(binding.database(), due.tail(), Bookmark.parse(backup.bookmark()));
      made.incrementAndGet();
      packedBytes.addAndGet(backup.packedBytes());
      parts.failures().clear(binding.database());
    } catch (StoreException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (parts.isClosing().getAsBoolean()) {
        return;
      }
      LOG.warn(
          "Tenant {} of pool {} was not backed up; it is tried again",
          binding.tenant(),
          binding.pool(),
          e);
      failed.incrementAndGet();
      parts
          .failures()
          .add(binding.database(), parts.clock().instant(), String.valueOf(e.getMessage()));
    }
  }

  private Backup make(Binding binding) throws IOException {
    Target target = new Target(binding.database(), binding.generation(), binding.limits());
    try {
      return parts
          .databases()
          .with(
              target,
              database -> {
                try {
                  return parts.maker().make(database, binding, Origin.SCHEDULED);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void note(DatabaseId database, LogPosition tail, Bookmark bookmark) throws IOException {
    long now = parts.clock().instant().getEpochSecond();
    var _ =
        parts
            .ledger()
            .update(
                database, _ -> new Entry(bookmark.hashHigh(), tail, now, /* changed= */ 0, now));
  }

  private void retain(Instant now) throws IOException {
    for (DatabaseId database : parts.ledger().expired(now.getEpochSecond())) {
      if (parts.isClosing().getAsBoolean()) {
        return;
      }
      Retention.Due due = retention.at(now, parts.objects().names(database));
      for (BackupName name : due.expired()) {
        parts.objects().delete(database, name);
      }
      long next = due.next().equals(Instant.MAX) ? Long.MAX_VALUE : due.next().getEpochSecond() + 1;
      var _ = parts.ledger().update(database, entry -> entry.retain(next));
    }
  }

  long made() {
    return made.get();
  }

  long failed() {
    return failed.get();
  }

  long packedBytes() {
    return packedBytes.get();
  }

  /// Databases that are due and not backed up yet.
  int waiting() {
    return waiting;
  }

  /// Why the store is left alone; null if it answers.
  @Nullable String storeFailure() {
    return storeFailure;
  }
}
