package dev.burgage.node.binding;

import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Binding;
import org.jspecify.annotations.Nullable;

/// Asks the control plane for one binding that the table does not have (yet). Thread-safe.
@FunctionalInterface
public interface BindingLookup {
  /// @return null if there is no such tenant
  /// @throws dev.burgage.protocol.error.BurgageException `not_ready` if nobody could be asked
  @Nullable Binding ask(PoolName pool, TenantId tenant);
}
