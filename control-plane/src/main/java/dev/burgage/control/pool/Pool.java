package dev.burgage.control.pool;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.SqlLimits;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A pool as callers see it.
@Schema(description = "A named set of tenant databases that share one schema history.")
public record Pool(
    @Schema(type = "string", example = "shop") PoolName name,
    @Schema(type = "string", example = "sqlite") Engine engine,
    SqlLimits limits,
    @Schema(description = "The most tenants that it may have; none: no maximum.")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable Integer tenantsMax,
    Instant createdAt) {}
