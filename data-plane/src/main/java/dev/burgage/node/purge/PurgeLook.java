package dev.burgage.node.purge;

import dev.burgage.node.log.CommitLog;
import dev.burgage.node.ship.NodeStore;
import dev.burgage.node.ship.StoreHoldings;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.node.PurgeReport;
import dev.burgage.protocol.node.PurgeReport.Holding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Looks through a node for one database. Thread-safe.
///
/// @param data the node's folder
/// @param window how long the store keeps what was deleted, and the log a full segment
public record PurgeLook(NodeName self, Path data, CommitLog log, NodeStore store, Duration window) {
  // What has databases in it is looked at by the database's part of it; the log and the store by
  // what they say.
  private static final Set<String> ELSEWHERE = Set.of("databases", "log", "store", "ship", "spill");
  private static final Set<String> OF_THE_LOG = Set.of("home", "base", "slice");
  private static final Duration RETENTION_RUNS_EVERY = Duration.ofHours(1);
  // A slice of a day may have begun with the deletion.
  private static final Duration SLICE_MAX = Duration.ofDays(1);
  private static final int DEPTH_MAX = 4;

  /// @throws IOException if the store does not answer: half a report would say too little
  public PurgeReport report(DatabaseId database) throws IOException {
    List<Holding> holdings = new ArrayList<>();
    addFiles(
        data.resolve("databases").resolve(database.toString().substring(0, 2)), database, holdings);
    for (Path folder : children(data)) {
      if (!ELSEWHERE.contains(folder.getFileName().toString())) {
        addFiles(folder, database, holdings);
      }
    }
    addSegments(database, holdings);
    StoreHoldings stored = StoreHoldings.of(store.store(), store.layout(), database);
    Instant inLog = log.deletedAt(database);
    Instant deletedAt = inLog == null ? stored.deletedAt() : inLog;
    Instant goneBy =
        deletedAt == null
            ? null
            : deletedAt.plus(window).plus(SLICE_MAX).plus(RETENTION_RUNS_EVERY);
    for (StoreHoldings.Held held : stored.held()) {
      // What else lies in its folder of the store has times of its own.
      @Nullable Instant gone = OF_THE_LOG.contains(held.kind()) ? goneBy : null;
      holdings.add(new Holding(held.kind(), held.key(), held.bytes(), gone));
    }
    return new PurgeReport(database, self, deletedAt, window.toDays(), holdings);
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private void addFiles(Path folder, DatabaseId database, List<Holding> into) throws IOException {
    try (Stream<Path> files = Files.walk(folder, DEPTH_MAX)) {
      for (Path file : files.filter(file -> isOf(file, database)).toList()) {
        into.add(new Holding("file", data.relativize(file).toString(), Files.size(file), null));
      }
    } catch (NoSuchFileException e) {
      // No database of this part was ever here, or a file went while it was looked at.
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException)) {
        throw e.getCause();
      }
    }
  }

  private boolean isOf(Path file, DatabaseId database) {
    return data.relativize(file).toString().contains(database.toString())
        && Files.isRegularFile(file);
  }

  // The segment that is written has no latest time: it goes when it is full and old enough.
  private void addSegments(DatabaseId database, List<Holding> into) throws IOException {
    for (CommitLog.OfDatabase segment : log.segmentsWith(database)) {
      Instant goneBy = segment.isFull() ? segment.written().plus(window) : null;
      into.add(new Holding("segment", "log/" + segment.name(), segment.bytes(), goneBy));
    }
  }
}
