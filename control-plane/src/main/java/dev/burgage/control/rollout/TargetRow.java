package dev.burgage.control.rollout;

import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A row of table `rollout_target`, to be read. Rows are made and changed many at a time, by the
/// statements of [Targets].
@Entity
@Table(name = "rollout_target")
class TargetRow {
  @EmbeddedId private TargetKey key;
  private String state;
  private @Nullable String fromVersion;
  private @Nullable String toVersion;
  private @Nullable String error;
  private @Nullable Long durationMillis;
  private int attempts;
  private Instant dueAt;

  /// For JPA.
  @SuppressWarnings("NullAway.Init")
  protected TargetRow() {}

  String tenant() {
    return key.tenant();
  }

  TargetState state() {
    return TargetState.ofColumn(state);
  }

  @Nullable String fromVersion() {
    return fromVersion;
  }

  @Nullable String toVersion() {
    return toVersion;
  }

  @Nullable String error() {
    return error;
  }

  @Nullable Long durationMillis() {
    return durationMillis;
  }

  int attempts() {
    return attempts;
  }

  Instant dueAt() {
    return dueAt;
  }
}
