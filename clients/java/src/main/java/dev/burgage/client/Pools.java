package dev.burgage.client;

import dev.burgage.protocol.PoolName;
import java.util.Map;

/// The pools of a cell. Its methods throw [dev.burgage.protocol.error.BurgageException] with the
/// server's code and text. Thread-safe.
public final class Pools {
  private final Administration administration;

  Pools(Administration administration) {
    this.administration = administration;
  }

  /// Makes a pool on the default engine; does nothing if it is there.
  public Pool create(String name) {
    return administration.post("/v1/pools", Map.of("name", new PoolName(name).value()), Pool.class);
  }

  public Pool get(String name) {
    return administration.get("/v1/pools/" + new PoolName(name), Pool.class);
  }

  /// Removes a pool that has no tenants.
  public void delete(String name) {
    administration.delete("/v1/pools/" + new PoolName(name));
  }
}
