package dev.burgage.protocol.node;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.PoolName;
import org.jspecify.annotations.Nullable;

/// Body of `POST /node/v1/statistics`: what statements have cost.
///
/// @param database of the pool, or null for all of the pool
/// @param fromHour in hours since 1970
/// @param toHour inclusive
/// @param limit most statements in the answer
public record StatisticsOrder(
    PoolName pool,
    @Nullable DatabaseId database,
    long fromHour,
    long toHour,
    Figure orderBy,
    boolean average,
    boolean descending,
    int limit) {
  /// What statements are sorted by.
  public enum Figure {
    COUNT,
    DURATION,
    ROWS_READ,
    ROWS_WRITTEN,
    ROWS_RETURNED
  }
}
