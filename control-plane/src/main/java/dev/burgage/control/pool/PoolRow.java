package dev.burgage.control.pool;

import dev.burgage.protocol.Engine;
import dev.burgage.protocol.PoolName;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/// A row of table `pool`. It never changes.
@Entity
@Table(name = "pool")
class PoolRow {
  @Id private String name;
  private String engine;
  private Instant createdAt;

  /// For JPA.
  @SuppressWarnings("NullAway.Init")
  protected PoolRow() {}

  PoolRow(PoolName name, Engine engine, Instant createdAt) {
    this.name = name.value();
    this.engine = engine.toString();
    this.createdAt = createdAt;
  }

  Pool toPool() {
    return new Pool(new PoolName(name), Engine.parse(engine), createdAt);
  }
}
