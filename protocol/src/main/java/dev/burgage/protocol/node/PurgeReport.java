package dev.burgage.protocol.node;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a node, and the store that it ships to, still hold of a database: found by looking.
///
/// @param deletedAt when the log was told that the database is no more; null if nothing says so
/// @param windowDays how long the store keeps what was deleted
public record PurgeReport(
    DatabaseId database,
    NodeName node,
    @Nullable Instant deletedAt,
    long windowDays,
    List<Holding> holdings) {
  public PurgeReport {
    holdings = List.copyOf(holdings);
  }

  /// A file, or an object of the store.
  ///
  /// @param kind `file`, `segment` of the log, `slice`, `home`, `base`, `backup` or `object`
  /// @param name path in the node's folder, or key in the store
  /// @param bytes of the database in it; of a segment all of it
  /// @param goneBy when it goes at the latest; null if no time can be told
  public record Holding(String kind, String name, long bytes, @Nullable Instant goneBy) {}
}
