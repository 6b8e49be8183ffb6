package dev.burgage.node.backup;

import dev.burgage.node.ship.ObjectDamagedException;
import dev.burgage.node.ship.Restore;
import dev.burgage.node.ship.RestoreOutcome;
import dev.burgage.node.ship.RestoreOutcome.NotKept;
import dev.burgage.node.ship.RestoreOutcome.Restored;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.Bookmark;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.Drill;
import dev.burgage.protocol.node.Drill.Finding;
import dev.burgage.protocol.node.Drill.Point;
import dev.burgage.protocol.node.Drill.Result;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Restores one database twice into files that are thrown away: from its newest backup, and from
/// the log in the store, without anything of this node's disk. The backup must be what its facts
/// say; the log must lead to a whole file, and at the backup's bookmark to the same rows.
/// Thread-safe.
final class OneDrill {
  // A commit is in the store a second later; a store that was away may take longer.
  private static final Duration LOG_LATE_MAX = Duration.ofMinutes(10);
  // Later than any commit, whatever this machine's clock says.
  private static final Instant NEWEST = Instant.parse("2100-01-01T00:00:00Z");
  private static final int OLDER_MAX = 5;
  private static final int FILES = 3;

  private final NodeName self;
  private final Making making;
  private final BackupObjects objects;
  private final BackupMaker maker;
  private final Restore restore;
  private final FileCheck check;
  private final Supplier<Pace> pace;
  private final Clock clock;

  OneDrill(BackupMaker.Parts parts, BackupMaker maker, BackupObjects objects, Restore restore) {
    this.self = parts.node();
    this.making = parts.making();
    this.objects = objects;
    this.maker = maker;
    this.restore = restore;
    this.check = new FileCheck(parts.guard());
    this.pace = parts.pace();
    this.clock = parts.clock();
  }

  Clock clock() {
    return clock;
  }

  Drill run(Binding binding) throws IOException {
    Instant at = clock.instant();
    long start = System.nanoTime();
    try (Making.Place place = making.begin(binding.database(), UUID.randomUUID())) {
      Work work = new Work(binding.database(), place, pace.get());
      Half backup = work.fromBackup();
      Half log = work.fromLog(backup);
      boolean passed =
          backup.finding().result() != Result.FAILED && log.finding().result() != Result.FAILED;
      return new Drill(
          at,
          Duration.ofNanos(System.nanoTime() - start).toMillis(),
          self,
          binding.pool(),
          binding.tenant(),
          binding.database(),
          passed,
          backup.finding(),
          log.finding(),
          log.good() == null ? backup.good() : log.good());
    }
  }

  /// One half of it.
  ///
  /// @param backup that was found right, the newest one
  private record Half(Finding finding, @Nullable Point good, @Nullable Backup backup) {
    static Half notRun(String why) {
      return new Half(new Finding(Result.NOT_RUN, null, null, why), null, null);
    }

    static Half failed(@Nullable String bookmark, @Nullable String object, String what) {
      return new Half(new Finding(Result.FAILED, bookmark, object, what), null, null);
    }
  }

  private static Point point(Backup backup) {
    return new Point("backup", backup.id().toString(), backup.bookmark(), backup.createdAt());
  }

  private static Point point(Bookmark bookmark) {
    String text = bookmark.toString();
    return new Point("log", text, text, Instant.ofEpochSecond(bookmark.second()));
  }

  /// Something is not as it must be.
  private static final class FoundWrongException extends Exception {
    private static final long serialVersionUID = 1L;
    private final @Nullable String object;

    FoundWrongException(@Nullable String object, String what) {
      super(what);
      this.object = object;
    }
  }

  /// On one database.
  private final class Work {
    private final DatabaseId database;
    private final Making.Place place;
    private final Pace pace;

    Work(DatabaseId database, Making.Place place, Pace pace) {
      this.database = database;
      this.place = place;
      this.pace = pace;
    }

    Half fromBackup() throws IOException {
      try {
        List<BackupName> names = objects.names(database).reversed();
        if (names.isEmpty()) {
          return Half.notRun("there is no backup");
        }
        return fromBackup(names);
      } catch (StoreException e) {
        return Half.notRun(String.valueOf(e.getMessage()));
      } catch (BurgageException e) {
        return Half.notRun(e.detail());
      }
    }

    private Half fromBackup(List<BackupName> names) throws IOException {
      BackupName newest = names.getFirst();
      try {
        Backup backup = prove(newest);
        Finding finding =
            new Finding(
                Result.PASSED,
                backup.bookmark(),
                objects.facts(database, newest),
                /* detail= */ null);
        return new Half(finding, point(backup), backup);
      } catch (FoundWrongException e) {
        Half failed = Half.failed(null, e.object, String.valueOf(e.getMessage()));
        return new Half(failed.finding(), olderGood(names), /* backup= */ null);
      }
    }

    private @Nullable Point olderGood(List<BackupName> names) throws IOException {
      for (BackupName older : names.subList(1, Math.min(1 + OLDER_MAX, names.size()))) {
        try {
          return point(prove(older));
        } catch (FoundWrongException e) {
          // the one before, then
        }
      }
      return null;
    }

    private Backup prove(BackupName name) throws FoundWrongException, IOException {
      Path file = place.file("backup");
      place.remove("backup");
      String facts = objects.facts(database, name);
      try {
        StoredBackup stored = objects.read(database, name);
        maker.requireRoom(file, stored.backup().sizeBytes(), FILES);
        try (BackupFile packed = objects.open(database, name, stored);
            OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
          packed.writeTo(out);
        }
        requireSame(stored.backup(), check.look(file, pace::keep), facts);
        return stored.backup();
      } catch (ObjectDamagedException e) {
        throw new FoundWrongException(e.key(), String.valueOf(e.getMessage()));
      } catch (StoreException e) {
        if (e.isNotFound()) {
          throw new FoundWrongException(facts, String.valueOf(e.getMessage()));
        }
        throw e;
      } catch (SQLException e) {
        throw new FoundWrongException(facts, "SQLite cannot read it: " + e.getMessage());
      }
    }

    private void requireSame(Backup backup, FileCheck.Found found, String facts)
        throws FoundWrongException {
      FileCheck.Found recorded =
          new FileCheck.Found(
              backup.integrity(), backup.tables(), backup.schemaVersion(), backup.fingerprint());
      if (!recorded.equals(found)) {
        throw new FoundWrongException(
            facts, "it is %s; its facts say %s".formatted(found, recorded));
      }
    }

    Half fromLog(Half backup) throws IOException {
      Path newest = place.file("newest");
      String prefix = objects.layout().database(database);
      try {
        RestoreOutcome outcome = restore.toTime(database, NEWEST, /* local= */ null, newest);
        if (!(outcome instanceof Restored restored)) {
          return ended(backup, prefix, outcome);
        }
        String bookmark = restored.bookmark().toString();
        FileCheck.Found found = check.look(newest, pace::keep);
        if (Integrity.isDamage(found.integrity())) {
          return Half.failed(
              bookmark, prefix, "SQLite's integrity check says: " + found.integrity());
        }
        Half behind = compared(backup.backup(), restored.bookmark(), newest, prefix);
        return behind != null
            ? behind
            : new Half(
                new Finding(Result.PASSED, bookmark, prefix, /* detail= */ null),
                point(restored.bookmark()),
                /* backup= */ null);
      } catch (ObjectDamagedException e) {
        return Half.failed(null, e.key(), String.valueOf(e.getMessage()));
      } catch (StoreException e) {
        return e.isNotFound()
            ? Half.failed(null, prefix, String.valueOf(e.getMessage()))
            : Half.notRun(String.valueOf(e.getMessage()));
      } catch (SQLException e) {
        return Half.failed(null, prefix, "SQLite cannot read it: " + e.getMessage());
      } finally {
        place.remove("newest");
        place.remove("then");
      }
    }

    private Half ended(Half backup, String prefix, RestoreOutcome outcome) {
      Backup known = backup.backup();
      return known == null || isYoung(known)
          ? Half.notRun("the store has no log of it yet: " + outcome)
          : Half.failed(null, prefix, "the log leads nowhere: " + outcome);
    }

    private boolean isYoung(Backup backup) {
      return backup.createdAt().isAfter(clock.instant().minus(LOG_LATE_MAX));
    }

    // Null if all is well.
    private @Nullable Half compared(
        @Nullable Backup backup, Bookmark reached, Path newest, String prefix)
        throws IOException, SQLException {
      if (backup == null) {
        return null;
      }
      Bookmark wanted = Bookmark.parse(backup.bookmark());
      if (reached.transaction() < wanted.transaction()) {
        String what = "the log ends at %s, before the newest backup".formatted(reached);
        return isYoung(backup) ? Half.notRun(what) : Half.failed(reached.toString(), prefix, what);
      }
      Path then = newest;
      if (!reached.equals(wanted)) {
        then = place.file("then");
        RestoreOutcome outcome = restore.toBookmark(database, wanted, /* local= */ null, then);
        if (outcome instanceof NotKept) {
          return null;
        }
        if (!(outcome instanceof Restored)) {
          return Half.failed(
              backup.bookmark(), prefix, "the log does not lead to the backup's state: " + outcome);
        }
      }
      String ofBackup = check.read(place.file("backup"), pace::keep, Contents::of);
      String ofLog = check.read(then, pace::keep, Contents::of);
      return Objects.equals(ofBackup, ofLog)
          ? null
          : Half.failed(
              backup.bookmark(), prefix, "the log has other rows at this bookmark than the backup");
    }
  }
}
