package dev.burgage.control.provisioning;

import dev.burgage.control.provisioning.Provisioner.Provisioned;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Makes tenants without labels and with the usual limits, for features that have another way to
/// say what a tenant is.
@Component
public class TenantCreation {
  private final Provisioner provisioner;

  TenantCreation(Provisioner provisioner) {
    this.provisioner = provisioner;
  }

  /// Returns when the node that owns the tenant serves it.
  ///
  /// @return empty if there was such a tenant before
  /// @throws dev.burgage.protocol.error.BurgageException as a request for a tenant is refused
  public Optional<Tenant> create(TenantKey key) {
    Provisioned provisioned =
        provisioner.provision(key.pool(), new NewTenantRequest(key.tenant(), null, null));
    return provisioned.isNew() ? Optional.of(provisioned.tenant()) : Optional.empty();
  }
}
