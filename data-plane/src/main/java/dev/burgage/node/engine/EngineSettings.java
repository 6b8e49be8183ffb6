package dev.burgage.node.engine;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.node.crash.Evidence;
import java.util.concurrent.Executor;

/// What the open databases of a node share.
///
/// @param servedBy name of the node, for `meta.served_by`
/// @param readersMax readers that one database may have; they are opened when they are needed
/// @param writers runs the writers' turns, each of which may block on the disk: platform threads
/// @param guard opens connections
/// @param evidence is told what runs
/// @param firstWrite is told of writes
public record EngineSettings(
    String servedBy,
    int readersMax,
    StatementSlots slots,
    Watchdog watchdog,
    Executor writers,
    Guard guard,
    Evidence evidence,
    FirstWrite firstWrite) {}
