package dev.burgage.node.pool;

import dev.burgage.node.engine.DatabaseIdentity;
import dev.burgage.protocol.binding.Limits;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// What happens around the time that tenants use an open database. Thread-safe; neither blocks.
public interface Residence {
  /// The first request since the database was opened is there.
  ///
  /// @return done when statements may run; failed if they may not for now
  CompletableFuture<?> begins(DatabaseIdentity identity, Limits limits);

  /// A database that tenants had used is closed.
  void ended(DatabaseIdentity identity, Duration unused);
}
