package dev.burgage.control.history;

import dev.burgage.control.node.NodeClient;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.DatabaseFacts;
import org.springframework.stereotype.Component;

/// Writes down which schema version a tenant has, after an older state was put in its place.
/// Thread-safe.
@Component
public class SchemaRecord {
  private static final int ATTEMPTS = 5;

  private final NodeClient nodes;
  private final Tenants tenants;

  SchemaRecord(NodeClient nodes, Tenants tenants) {
    this.nodes = nodes;
    this.tenants = tenants;
  }

  /// What was put in place may be older than the last rollout; the next one must see that. A
  /// rollout may be under way: the file is asked after the row is read, and whoever has changed the
  /// row since makes this begin anew. The row is written even if it says so already, so that a
  /// rollout whose answer is from before finds it changed.
  ///
  /// @return the tenant as it is then
  /// @throws BurgageException `conflict` if others never cease to change it
  public Tenant update(TenantKey key) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Tenant now = tenants.get(key);
      String version = nodes.ask(now.at(), "GET", "", null, DatabaseFacts.class).schemaVersion();
      Tenant.Plan plan = new Tenant.Plan(now.plan().template(), version, now.plan().request());
      var changed = tenants.replan(now, now.place(), plan);
      if (changed.isPresent()) {
        return changed.get();
      }
    }
    throw new BurgageException(
        ErrorCode.CONFLICT,
        "tenant \"%s\" is being changed by others at the same time; repeat the request"
            .formatted(key));
  }
}
