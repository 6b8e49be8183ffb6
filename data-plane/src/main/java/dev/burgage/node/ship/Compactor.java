package dev.burgage.node.ship;

import dev.burgage.node.store.ObjectStore;
import dev.burgage.node.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what a log has in the store small and quick to read: merges slices, collapses what is old,
/// makes bases. All that it knows it reads from the store, so it may be killed anywhere and begin
/// anew. One at a time for a log. For one thread.
final class Compactor {
  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

  private final LogObjects objects;
  private final Merger merger;
  private final BaseMaker bases;
  private final ShipSettings settings;
  private final Clock clock;
  private final Random random;
  private final Set<Slice.Name> damaged = new HashSet<>();
  private volatile @Nullable String damage;

  Compactor(ObjectStore store, Layout layout, ShipSettings settings, Path temporary, Clock clock) {

    this.settings = settings;
    this.clock = clock;
    this.random = new Random();
    this.objects = new LogObjects(store, layout);
    this.merger = new Merger(store, layout, settings);
    this.bases = new BaseMaker(store, layout, settings, temporary, random);
  }

  /// Makes one merge that is due.
  ///
  /// @return whether there was one
  boolean compact(LogName log) throws IOException {
    LogObjects.Found found = objects.list(log, LogObjects.NOWHERE);
    LogObjects.Cover whole = objects.cover(found, found.begin());
    List<Span> cover = whole.spans();
    sweep(found, cover);
    Merge merge = Merge.next(cover, clock.instant(), settings.everyCommit(), damaged);
    if (merge == null) {
      tell(log, whole.missing());
      return false;
    }
    try {
      merge(log, merge);
    } catch (ObjectDamagedException e) {
      // What is well goes on; what is not stays as it is, for whoever restores what is around it.
      damaged.add(merge.spans().getFirst().name());
      tell(log, e);
    }
    return true;
  }

  private void tell(LogName log, @Nullable ObjectDamagedException found) {
    if (found != null && !String.valueOf(found.getMessage()).equals(damage)) {
      damage = found.getMessage();
      LOG.error("Slices of log {} are not merged: {}", log, damage);
    }
  }

  // What a killed process left: slices that were merged already, and parts of merges without an
  // end.
  private void sweep(LogObjects.Found found, List<Span> cover) throws StoreException {
    Set<Slice.Name> used = cover.stream().map(Span::name).collect(Collectors.toSet());
    objects.delete(
        found.slices().stream()
            .filter(slice -> !used.contains(slice.name()))
            .filter(slice -> cover.stream().anyMatch(span -> has(span, slice)))
            .map(slice -> slice.object().key()));
  }

  private static boolean has(Span span, Slice slice) {
    return span.name().from().compareTo(slice.from()) <= 0
        && span.name().to().compareTo(slice.to()) >= 0;
  }

  private void merge(LogName log, Merge merge) throws IOException {
    var large = merger.write(log, merge, random.nextInt(), BaseMaker.manyBytes());
    objects.delete(merge.spans().stream().flatMap(span -> span.keys().stream()));
    if (merge.level() == 1) {
      return;
    }
    Slice.Name last = merge.spans().getLast().name();
    Chronicle.Until until = new Chronicle.Until(log, last.to(), last.second());
    for (var entry : large.entrySet()) {
      bases.makeIfDue(entry.getKey(), until, entry.getValue(), Merge.windowSeconds(merge.level()));
    }
  }

  /// What was found damaged, the last of it.
  @Nullable String damage() {
    return damage;
  }
}
