package dev.burgage.control.tenant;

import dev.burgage.control.node.TenantAt;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.binding.Limits;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A tenant's row at one moment.
///
/// @param version of the row; whoever changes the row must have seen its newest
/// @param revision where in the feed its last change is that nodes see
public record Tenant(
    TenantKey key,
    Place place,
    TenantState state,
    long version,
    Plan plan,
    Map<String, String> labels,
    Limits limits,
    Times times,
    Revision revision) {
  public Tenant {
    labels = Map.copyOf(labels);
  }

  /// This tenant as its becoming active leaves it.
  Tenant activated(long newVersion, Revision newRevision, Instant now) {
    return new Tenant(
        key,
        place,
        TenantState.ACTIVE,
        newVersion,
        plan,
        labels,
        limits,
        new Times(times.createdAt(), now, null, null),
        newRevision);
  }

  /// Where its node is asked about it.
  public TenantAt at() {
    return new TenantAt(place.node(), key.pool(), key.tenant(), revision);
  }

  /// Where the database is.
  public record Place(DatabaseId database, Engine engine, NodeName node, long generation) {}

  /// From what the database is made.
  ///
  /// @param template id of the template, or for a fork what it is a copy of
  /// @param schemaVersion version of the last migration in its schema, or null for none
  /// @param request digest of the request that made the tenant
  public record Plan(String template, @Nullable String schemaVersion, String request) {}

  /// @param deletedAt null unless deleted
  /// @param purgeAt when the files of a deleted tenant go
  public record Times(
      Instant createdAt,
      Instant updatedAt,
      @Nullable Instant deletedAt,
      @Nullable Instant purgeAt) {}
}
