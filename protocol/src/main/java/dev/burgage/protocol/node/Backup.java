package dev.burgage.protocol.node;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// A copy of a database that its node keeps.
public record Backup(UUID id, Instant createdAt, int tables, long sizeBytes) {
  /// Answer to `GET /node/v1/pools/{pool}/tenants/{tenant}/backups`, the newest first.
  public record Backups(List<Backup> backups) {
    public Backups {
      backups = List.copyOf(backups);
    }
  }
}
