package dev.burgage.control.rollout;

import dev.burgage.protocol.TenantId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A rehearsal as callers see it.
@Schema(
    description = "A planned rollout's migrations, applied to throw-away copies of some tenants.")
record Rehearsal(
    UUID id,
    @Schema(allowableValues = {"running", "finished"}) String state,
    @Schema(description = "Whether no copy failed; only when it has finished.")
        @Nullable Boolean succeeded,
    @Schema(
            description =
                "Tenants whose size was asked for: the largest are the largest of these, and of the"
                    + " pool if it has no more.")
        long sampled,
    Instant createdAt,
    @Nullable Instant finishedAt,
    List<Copy> copies) {

  @Schema(name = "RehearsalCopy", description = "What became of the copy of one tenant.")
  record Copy(
      @Schema(type = "string", example = "acme") TenantId tenant,
      @Schema(allowableValues = {"named", "largest", "oldest", "random"}) String chosen,
      @Schema(allowableValues = {"pending", "applied", "upToDate", "failed"}) TargetState state,
      @Nullable String fromVersion,
      @Nullable String toVersion,
      @Nullable String kind,
      @Nullable String cause,
      @Nullable String error,
      @Schema(description = "Of the migration alone.") @Nullable Long durationMillis,
      @Nullable Long copyMillis,
      @Nullable Long sizeBytesBefore,
      @Nullable Long sizeBytesAfter,
      @Schema(description = "Rows that the scripts inserted, updated or deleted.")
          @Nullable Long rowsChanged) {}
}
