package dev.burgage.control.pool;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The most tenants that a pool may have, as a request says it.
final class TenantsMax {
  private TenantsMax() {}

  /// @param value not null: that would say that it stays
  /// @return null for JSON's null, which lifts the maximum
  /// @throws BurgageException `invalid_request`
  static @Nullable Integer read(JsonNode value) {
    if (value.isNull()) {
      return null;
    }
    // Jackson itself would make 1 of 1.5.
    if (!value.isInt() || value.asInt() < 0) {
      throw new BurgageException(
          ErrorCode.INVALID_REQUEST,
          "tenantsMax must be a number from 0 to %d, or null for no maximum; got %s"
              .formatted(Integer.MAX_VALUE, value));
    }
    return value.asInt();
  }
}
