package dev.burgage.control.tenant;

import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.sql.SQLException;

/// What the metadata says when a pool has its maximum of tenants: a trigger counts them, and
/// decides on the newest number. See the migration `tenants_max`.
final class PoolFull {
  private static final String STATE = "BG001";

  private PoolFull() {}

  /// @return what the caller is to see
  static RuntimeException of(PoolName pool, RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && STATE.equals(sql.getSQLState())) {
        return new BurgageException(
            ErrorCode.POOL_FULL,
            "pool \"%s\" has its maximum of tenants; delete some, or raise tenantsMax with PATCH /v1/pools/%s"
                .formatted(pool, pool),
            failure);
      }
    }
    return failure;
  }
}
