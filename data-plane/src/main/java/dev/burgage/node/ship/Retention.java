package dev.burgage.node.ship;

import dev.burgage.node.log.LogPosition;
import dev.burgage.node.store.Listed;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Deletes what no bookmark in the window needs. A slice whose youngest record is older than the
/// window goes when each database in it has a base that takes its place; a base goes when a newer
/// one is old enough; a database that was deleted goes with the slice that says so, to the last
/// object. For one thread.
final class Retention {
  private final ObjectStore store;
  private final Layout layout;
  private final LogObjects objects;
  private final BaseMaker bases;
  private final ShipSettings settings;
  private final Clock clock;

  Retention(ObjectStore store, Layout layout, ShipSettings settings, Path temporary, Clock clock) {
    this.store = store;
    this.layout = layout;
    this.settings = settings;
    this.clock = clock;
    this.objects = new LogObjects(store, layout);
    this.bases = new BaseMaker(store, layout, settings, temporary, new Random());
  }

  /// What a slice that goes has of a database.
  private record Fate(long lastTransaction, boolean isDeleted) {
    Fate and(Run run) {
      return new Fate(Math.max(lastTransaction, run.lastTransaction()), run.isDeletion());
    }
  }

  /// Goes over one log. Whatever it is interrupted in, the next time does the rest.
  ///
  /// @return how many slices went
  int run(LogName log) throws IOException {
    LogObjects.Found found = objects.list(log, LogObjects.NOWHERE);
    long windowBegin = clock.instant().minus(settings.window()).getEpochSecond();
    List<Span> old =
        found.spans().stream()
            .filter(span -> span.name().second() < windowBegin)
            .sorted(Comparator.comparing((Span span) -> span.name().to()))
            .toList();
    if (old.isEmpty()) {
      return 0;
    }
    Slice.Name last = old.getLast().name();
    Chronicle.Until until = new Chronicle.Until(log, last.to(), last.second());
    Set<DatabaseId> deleted = deleted(old);
    int gone = 0;
    for (Span span : old) {
      Map<DatabaseId, Fate> fates = fates(span);
      if (!haveBases(fates, deleted, until)) {
        break;
      }
      keepFrom(found, span.name().to(), windowBegin);
      for (var fate : fates.entrySet()) {
        clean(fate.getKey(), fate.getValue(), windowBegin);
      }
      objects.delete(span.keys().stream());
      gone++;
    }
    deleteFencedOff(found, windowBegin);
    return gone;
  }

  private Map<DatabaseId, Fate> fates(Span span) throws IOException {
    RunReader reader = new RunReader(store);
    Map<DatabaseId, Fate> fates = new HashMap<>();
    for (Slice part : span.parts()) {
      for (Run run : reader.index(part.object())) {
        Fate before = fates.getOrDefault(run.database(), new Fate(0, false));
        fates.put(run.database(), before.and(run));
      }
    }
    return fates;
  }

  // Those of which the last that these slices say is that they are no more.
  private Set<DatabaseId> deleted(List<Span> old) throws IOException {
    Set<DatabaseId> deleted = new HashSet<>();
    for (Span span : old) {
      fates(span)
          .forEach((database, fate) -> {
            if (fate.isDeleted()) {
              deleted.add(database);
            } else {
              deleted.remove(database);
            }
          });
    }
    return deleted;
  }

  // False: a transaction has begun in these slices and has not ended in them.
  private boolean haveBases(
      Map<DatabaseId, Fate> fates, Set<DatabaseId> deleted, Chronicle.Until until)
      throws IOException {
    for (var entry : fates.entrySet()) {
      Fate fate = entry.getValue();
      if (!deleted.contains(entry.getKey())
          && !hasBase(entry.getKey(), fate, until)
          && bases.make(entry.getKey(), until) < fate.lastTransaction()) {
        return false;
      }
    }
    return true;
  }

  private boolean hasBase(DatabaseId database, Fate fate, Chronicle.Until until)
      throws StoreException {
    return Base.list(objects, layout, database).stream()
        .map(Base::name)
        .anyMatch(base ->
            base.transaction() >= fate.lastTransaction()
                && Times.second(base.time()) <= until.second());
  }

  private void keepFrom(LogObjects.Found found, LogPosition from, long second)
      throws StoreException {
    if (from.compareTo(found.keptFrom()) <= 0) {
      return;
    }
    String prefix = layout.keptFrom(found.log());
    String key = prefix + Layout.text(from) + "-%08x".formatted((int) second);
    store.put(key, new byte[0]);
    objects.delete(
        objects.all(prefix, "", Listed::key).stream().filter(other -> other.compareTo(key) < 0));
  }

  private void clean(DatabaseId database, Fate fate, long windowBegin) throws IOException {
    if (fate.isDeleted()) {
      cleanUpTo(database, fate.lastTransaction());
      return;
    }
    Base.Name first =
        Base.list(objects, layout, database).stream()
            .map(Base::name)
            .filter(base -> Times.second(base.time()) < windowBegin)
            .reduce((_, later) -> later)
            .orElse(null);
    if (first == null) {
      return;
    }
    String from = layout.bases(database) + "%016x".formatted(first.transaction());
    objects.delete(
        objects.all(layout.bases(database), "", Listed::key).stream()
            .filter(key -> key.compareTo(from) < 0));
    String generation = layout.homes(database) + "%016x".formatted(first.generation());
    objects.delete(
        objects.all(layout.homes(database), "", Listed::key).stream()
            .filter(key -> key.compareTo(generation) < 0));
  }

  // A database may have begun anew since.
  private void cleanUpTo(DatabaseId database, long transaction) throws IOException {
    String after = layout.bases(database) + "%016x".formatted(transaction + 1);
    objects.delete(
        objects.all(layout.bases(database), "", Listed::key).stream()
            .filter(key -> key.compareTo(after) < 0));
    objects.delete(
        Home.list(store, layout, database).stream()
            .filter(home -> home.transaction() <= transaction)
            .map(home -> home.key(layout)));
  }

  private void deleteFencedOff(LogObjects.Found found, long windowBegin) throws StoreException {
    objects.delete(
        found.slices().stream()
            .filter(slice -> slice.second() < windowBegin)
            .filter(slice -> Stint.isFencedOff(slice, found.stints()))
            .map(slice -> slice.object().key()));
  }
}
