package dev.burgage.protocol.binding;

import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;

/// One row of the metadata as nodes see it: (pool, tenant) → database, engine, node, generation,
/// state, limits.
///
/// @param generation fencing number of the database: +1 at every attach to a node
/// @param version counts the changes of this binding; of two bindings of a tenant the higher is
///   newer
public record Binding(
    PoolName pool,
    TenantId tenant,
    DatabaseId database,
    Engine engine,
    NodeName node,
    long generation,
    long version,
    BindingState state,
    Limits limits) {}
