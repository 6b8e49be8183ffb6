package dev.burgage.node.ship;

import dev.burgage.node.store.Listed;
import dev.burgage.node.store.ObjectStore;
import dev.burgage.protocol.DatabaseId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the store has of one database, found by reading the indexes of all slices that may have it.
///
/// @param deletedAt when it was deleted, if a slice says so and nothing after it
public record StoreHoldings(@Nullable Instant deletedAt, List<Held> held) {
  public StoreHoldings {
    held = List.copyOf(held);
  }

  /// An object.
  ///
  /// @param kind `home`, `base`, `slice`, `backup`, or `object` for what others keep beside them
  /// @param bytes of the database in it
  public record Held(String kind, String key, long bytes) {}

  /// @throws dev.burgage.node.store.StoreException if the store does not answer
  public static StoreHoldings of(ObjectStore store, Layout layout, DatabaseId database)
      throws IOException {
    LogObjects objects = new LogObjects(store, layout);
    List<Held> held = new ArrayList<>();
    for (Listed listed : objects.all(layout.database(database), "", listed -> listed)) {
      held.add(new Held(kind(layout, database, listed.key()), listed.key(), listed.sizeBytes()));
    }
    Set<LogName> logs = new LinkedHashSet<>();
    for (Home home : Home.list(store, layout, database)) {
      logs.add(home.log());
    }
    Run last = null;
    for (LogName log : logs) {
      for (Slice slice : objects.list(log, LogObjects.NOWHERE).slices()) {
        if (slice.first().compareTo(database) <= 0) {
          last = add(new RunReader(store), slice, database, last, held);
        }
      }
    }
    Instant deletedAt = last != null && last.isDeletion() ? Times.instant(last.lastTime()) : null;
    return new StoreHoldings(deletedAt, held);
  }

  private static String kind(Layout layout, DatabaseId database, String key) {
    String own = key.substring(layout.database(database).length());
    return own.startsWith("homes/")
        ? "home"
        : own.startsWith("bases/") ? "base" : own.startsWith("backups/") ? "backup" : "object";
  }

  // The newest run of the database up to here.
  private static @Nullable Run add(
      RunReader reader, Slice slice, DatabaseId database, @Nullable Run before, List<Held> into)
      throws IOException {
    Run last = before;
    long bytes = 0;
    for (Run run : reader.index(slice.object())) {
      if (run.database().equals(database)) {
        bytes += run.length();
        last = last == null || run.lastTransaction() >= last.lastTransaction() ? run : last;
      }
    }
    if (bytes > 0) {
      into.add(new Held("slice", slice.object().key(), bytes));
    }
    return last;
  }
}
