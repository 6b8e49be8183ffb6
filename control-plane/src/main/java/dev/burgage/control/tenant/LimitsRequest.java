package dev.burgage.control.tenant;

import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// Limits as a caller names them: what is left out stays.
@Schema(description = "What one tenant may use at most. What is left out stays as it is.")
public record LimitsRequest(
    @Schema(example = "1073741824", description = "Size of the database file in bytes.")
        @Nullable Long sizeBytesMax,
    @Schema(example = "30000", description = "Time of one request's statements together, in ms.")
        @Nullable Integer statementMillisMax) {
  /// @throws BurgageException `invalid_request` if a limit is out of its range
  public Limits over(Limits base) {
    try {
      return new Limits(
          sizeBytesMax == null ? base.sizeBytesMax() : sizeBytesMax,
          statementMillisMax == null ? base.statementMillisMax() : statementMillisMax);
    } catch (IllegalArgumentException e) {
      throw new BurgageException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }
}
