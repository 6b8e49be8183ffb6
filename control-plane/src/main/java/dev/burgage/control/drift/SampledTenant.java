package dev.burgage.control.drift;

import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.node.ApplyMigrations.Target;

/// A tenant to look at, and where its database is.
///
/// @param seenVersion of its row
record SampledTenant(
    PoolName pool, String tenant, NodeName node, Target target, long seenVersion) {}
