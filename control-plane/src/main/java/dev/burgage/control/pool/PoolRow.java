package dev.burgage.control.pool;

import dev.burgage.protocol.Engine;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.SqlLimits;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A row of table `pool`. Changes of its limits go around it, in one statement.
@Entity
@Table(name = "pool")
class PoolRow {
  @Id private String name;
  private String engine;
  private int parametersMax;
  private int patternBytesMax;
  private int columnsMax;
  private @Nullable Integer tenantsMax;
  private Instant createdAt;

  /// For JPA.
  @SuppressWarnings("NullAway.Init")
  protected PoolRow() {}

  SqlLimits limits() {
    return new SqlLimits(parametersMax, patternBytesMax, columnsMax);
  }

  Pool toPool() {
    return new Pool(new PoolName(name), Engine.parse(engine), limits(), tenantsMax, createdAt);
  }
}
