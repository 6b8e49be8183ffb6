package dev.burgage.control.tenant;

import dev.burgage.protocol.binding.Limits;
import java.util.Map;

/// What a tenant is to be.
public record NewTenant(
    Tenant.Place place, Tenant.Plan plan, Map<String, String> labels, Limits limits) {
  public NewTenant {
    labels = Map.copyOf(labels);
  }
}
