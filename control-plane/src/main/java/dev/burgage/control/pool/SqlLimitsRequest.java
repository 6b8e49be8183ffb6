package dev.burgage.control.pool;

import dev.burgage.protocol.binding.SqlLimits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// Limits of SQL as a caller names them: what is left out stays.
@Schema(description = "What SQL of a pool's tenants may have at most. What is left out stays.")
record SqlLimitsRequest(
    @Schema(example = "1000", description = "Bound parameters of a statement, 1 to 32766.")
        @Nullable Integer parametersMax,
    @Schema(example = "200", description = "Bytes of a pattern of LIKE and GLOB, 1 to 500.")
        @Nullable Integer patternBytesMax,
    @Schema(example = "500", description = "Columns of a table, index or result, 16 to 2000.")
        @Nullable Integer columnsMax) {
  /// @throws BurgageException `invalid_request` if a limit is out of its range
  SqlLimits over(SqlLimits base) {
    try {
      return new SqlLimits(
          parametersMax == null ? base.parametersMax() : parametersMax,
          patternBytesMax == null ? base.patternBytesMax() : patternBytesMax,
          columnsMax == null ? base.columnsMax() : columnsMax);
    } catch (IllegalArgumentException e) {
      throw new BurgageException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }
}
