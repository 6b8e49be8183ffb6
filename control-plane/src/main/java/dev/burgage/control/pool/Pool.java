package dev.burgage.control.pool;

import dev.burgage.protocol.Engine;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.binding.SqlLimits;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/// A pool as callers see it.
@Schema(description = "A named set of tenant databases that share one schema history.")
public record Pool(
    @Schema(type = "string", example = "shop") PoolName name,
    @Schema(type = "string", example = "sqlite") Engine engine,
    SqlLimits limits,
    Instant createdAt) {}
