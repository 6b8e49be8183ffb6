package dev.burgage.node.engine;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.crash.Evidence;
import dev.burgage.node.log.CommitLog;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What the open databases of a node share.
///
/// @param servedBy name of the node, for `meta.served_by`
/// @param readersMax readers that one database may have; they are opened when they are needed
/// @param writers runs the writers' turns, each of which may block on the disk: platform threads
/// @param guard opens connections
/// @param evidence is told what runs
/// @param log takes all commits; null for databases that nobody misses
/// @param storeHasRoom whether the store is not so far behind that no more may be written
public record EngineSettings(
    String servedBy,
    int readersMax,
    StatementSlots slots,
    Watchdog watchdog,
    Executor writers,
    Guard guard,
    Evidence evidence,
    @Nullable CommitLog log,
    BooleanSupplier storeHasRoom) {
  /// For copies that are thrown away: their commits go nowhere, and nobody waits for the disk.
  public EngineSettings forScratch() {
    return new EngineSettings(
        servedBy,
        readersMax,
        slots,
        watchdog,
        writers,
        guard,
        evidence,
        /* log= */ null,
        storeHasRoom);
  }
}
