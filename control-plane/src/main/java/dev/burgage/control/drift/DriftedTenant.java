package dev.burgage.control.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A tenant whose schema is not that of its version.
@Schema(description = "A tenant whose schema is not that of its version.")
@JsonInclude(JsonInclude.Include.NON_NULL)
record DriftedTenant(
    @Schema(example = "acme") String tenant,
    @Nullable String version,
    String fingerprint,
    @Schema(description = "The version's; missing if the pool has no such version.")
        @Nullable String expectedFingerprint,
    @Schema(description = "When this schema was first seen.") Instant foundAt,
    @Schema(description = "Missing until somebody has looked: POST …/drift/checks does now.")
        @Nullable List<Difference> differences) {}
