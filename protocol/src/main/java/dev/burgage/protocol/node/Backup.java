package dev.burgage.protocol.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A full copy of a database in the object store, and what it was when it was made.
///
/// @param createdAt when the state was taken
/// @param pool of the tenant at that time
/// @param tenant that had the database at that time
/// @param node that made it
/// @param bookmark of the state
/// @param schemaVersion newest version in the history of migrations, or null if there is none
/// @param fingerprint of the schema
/// @param tables without SQLite's own
/// @param integrity `ok`, or what SQLite's integrity check said first
/// @param sizeBytes of the SQLite file
/// @param sha256 of the SQLite file
/// @param packedBytes of the file as it is stored, packed with zstd
/// @param packedSha256 of the same
public record Backup(
    UUID id,
    Instant createdAt,
    Origin origin,
    DatabaseId database,
    PoolName pool,
    TenantId tenant,
    NodeName node,
    long generation,
    String bookmark,
    @Nullable String schemaVersion,
    String fingerprint,
    int tables,
    String integrity,
    long sizeBytes,
    String sha256,
    long packedBytes,
    String packedSha256) {
  /// Why a backup was made.
  public enum Origin {
    /// The node's schedule.
    SCHEDULED,
    /// Somebody asked for it.
    ASKED;

    @JsonCreator
    public static Origin parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Answer to `GET /node/v1/pools/{pool}/tenants/{tenant}/backups`.
  ///
  /// @param backups the newest first
  /// @param next cursor of the page after; null on the last
  /// @param damaged keys of objects on this page that are not what was written
  /// @param failure of the newest scheduled try; null if that did well
  public record Backups(
      List<Backup> backups,
      @Nullable String next,
      List<String> damaged,
      @Nullable Failure failure) {
    public Backups {
      backups = List.copyOf(backups);
      damaged = List.copyOf(damaged);
    }
  }

  /// A scheduled backup that was not made, and is tried again.
  ///
  /// @param attempts since the last one that was made
  public record Failure(Instant at, int attempts, String message) {}
}
