package dev.burgage.client;

import dev.burgage.protocol.Engine;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.binding.Limits;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A tenant with its binding, as the control plane knows it.
///
/// @param nodeUrl where its node answers; null while the node is away
/// @param generation fencing number of the database: +1 at every attach to a node
/// @param version counts the changes of the binding
/// @param schemaVersion newest migration of its database; null if none
/// @param deletedAt null unless deleted
/// @param purgeAt when a deleted tenant goes for good; null unless deleted
/// @param revision of the newest change of the binding
public record Tenant(
    String pool,
    String id,
    UUID database,
    Engine engine,
    String node,
    @Nullable URI nodeUrl,
    long generation,
    long version,
    TenantState state,
    @Nullable String schemaVersion,
    Map<String, String> labels,
    @Nullable Limits limits,
    Instant createdAt,
    @Nullable Instant updatedAt,
    @Nullable Instant deletedAt,
    @Nullable Instant purgeAt,
    @Nullable Revision revision) {
  public Tenant {
    labels = Map.copyOf(labels);
  }
}
