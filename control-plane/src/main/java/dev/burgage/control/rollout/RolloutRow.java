package dev.burgage.control.rollout;

import dev.burgage.protocol.PoolName;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/// A row of table `rollout`. Its state is moved on by [RolloutRepository]'s statements.
@Entity
@Table(name = "rollout")
class RolloutRow implements Persistable<UUID> {
  @Id private UUID id;
  private String pool;
  private String version;
  private String state;
  private Instant createdAt;
  private @Nullable Instant startedAt;
  private @Nullable Instant finishedAt;

  /// For JPA.
  @SuppressWarnings("NullAway.Init")
  protected RolloutRow() {}

  RolloutRow(UUID id, PoolName pool, String version, Instant createdAt) {
    this.id = id;
    this.pool = pool.value();
    this.version = version;
    this.state = RolloutState.PLANNED.toString();
    this.createdAt = createdAt;
  }

  @Override
  public UUID getId() {
    return id;
  }

  /// Rows are only ever saved when they are made.
  @Override
  public boolean isNew() {
    return true;
  }

  PoolName pool() {
    return new PoolName(pool);
  }

  String version() {
    return version;
  }

  RolloutState state() {
    return RolloutState.valueOf(state.toUpperCase(Locale.ROOT));
  }

  Instant createdAt() {
    return createdAt;
  }

  Optional<Instant> startedAt() {
    return Optional.ofNullable(startedAt);
  }

  Optional<Instant> finishedAt() {
    return Optional.ofNullable(finishedAt);
  }
}
