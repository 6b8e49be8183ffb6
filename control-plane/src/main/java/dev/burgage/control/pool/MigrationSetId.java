package dev.burgage.control.pool;

import java.util.UUID;

/// Names one state of one pool's migration set: another pool, and the same pool after a change of
/// its set, have another. Random, so that a pool that was deleted and made again, or came back with
/// a backup of the metadata, cannot come by the name of a set that somebody remembers.
public record MigrationSetId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
