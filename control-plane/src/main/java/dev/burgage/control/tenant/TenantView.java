package dev.burgage.control.tenant;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.protocol.Headers;
import dev.burgage.protocol.Revision;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.Quarantined;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

/// A tenant as callers see it.
@Schema(name = "Tenant", description = "A tenant and the binding to its database.")
public record TenantView(
    @Schema(example = "shop") String pool,
    @Schema(example = "acme") String id,
    @Schema(example = "0d3c6f1e-7f0b-4a53-9a0f-2f8a4f4c8f51") String database,
    @Schema(example = "sqlite") String engine,
    @Schema(example = "node-1") String node,
    @Schema(example = "http://127.0.0.1:8788", description = "Where that node takes queries.")
        @Nullable URI nodeUrl,
    @Schema(description = "Fencing number: +1 at every attach of the database to a node.")
        long generation,
    @Schema(description = "Counts the changes of this tenant.") long version,
    @Schema(
            type = "string",
            allowableValues = {"provisioning", "active", "suspended", "quarantined", "deleted"})
        TenantState state,
    @Schema(description = "Why its node refuses it, until it is released.")
        @Nullable Held quarantine,
    @JsonInclude(JsonInclude.Include.ALWAYS)
        @Schema(example = "3", description = "Version of the newest migration in its schema.")
        @Nullable String schemaVersion,
    Map<String, String> labels,
    Limits limits,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant deletedAt,
    @Schema(description = "When a deleted tenant's files go for good.") @Nullable Instant purgeAt,
    @Schema(
            type = "string",
            description =
                "Position of its last change in the feed; send it back in the header"
                    + " Burgage-Revision to have a node wait for it.")
        Revision revision) {
  /// Since when and why a node refuses a database.
  @Schema(name = "Quarantine", description = "Since when and why a node refuses a database.")
  public record Held(Instant since, String reason) {}

  static TenantView of(Tenant tenant, @Nullable URI nodeUrl, @Nullable Quarantined quarantined) {
    TenantState state = tenant.state().shown();
    boolean refused = quarantined != null && state == TenantState.ACTIVE;
    return new TenantView(
        tenant.key().pool().value(),
        tenant.key().tenant().value(),
        tenant.place().database().toString(),
        tenant.place().engine().toString(),
        tenant.place().node().value(),
        nodeUrl,
        tenant.place().generation(),
        tenant.version(),
        refused ? TenantState.QUARANTINED : state,
        quarantined == null ? null : new Held(quarantined.since(), quarantined.reason()),
        tenant.plan().schemaVersion(),
        tenant.labels(),
        tenant.limits(),
        tenant.times().createdAt(),
        tenant.times().updatedAt(),
        tenant.times().deletedAt(),
        tenant.times().purgeAt(),
        tenant.revision());
  }

  /// The answer with the revision as its header, too.
  public ResponseEntity<TenantView> answer(int status) {
    return ResponseEntity.status(status).header(Headers.REVISION, revision.toString()).body(this);
  }
}
