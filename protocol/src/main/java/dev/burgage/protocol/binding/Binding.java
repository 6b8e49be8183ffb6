package dev.burgage.protocol.binding;

import com.fasterxml.jackson.annotation.JsonIgnore;
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
/// @param sqlLimits the pool's. They travel apart, in [FeedMessage.Pools]; nodes put them in
public record Binding(
    PoolName pool,
    TenantId tenant,
    DatabaseId database,
    Engine engine,
    NodeName node,
    long generation,
    long version,
    BindingState state,
    Limits limits,
    @JsonIgnore SqlLimits sqlLimits) {
  // They are not sent.
  @SuppressWarnings("NullAway")
  public Binding {
    sqlLimits = sqlLimits == null ? SqlLimits.DEFAULT : sqlLimits;
  }

  /// A binding whose pool has the usual limits of SQL.
  public Binding(
      PoolName pool,
      TenantId tenant,
      DatabaseId database,
      Engine engine,
      NodeName node,
      long generation,
      long version,
      BindingState state,
      Limits limits) {
    this(
        pool,
        tenant,
        database,
        engine,
        node,
        generation,
        version,
        state,
        limits,
        SqlLimits.DEFAULT);
  }

  /// The same with other limits of SQL.
  public Binding with(SqlLimits others) {
    return new Binding(
        pool, tenant, database, engine, node, generation, version, state, limits, others);
  }
}
