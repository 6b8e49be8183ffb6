package dev.burgage.control.cloudflare.database;

import dev.burgage.control.cloudflare.database.DatabaseSettings.Setting;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.node.DatabaseFacts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// One database with all that is known of it, from its row, its setting and its node.
@Component
class DatabaseDetails {
  private final DatabaseSettings settings;
  private final NodeClient nodes;

  DatabaseDetails(DatabaseSettings settings, NodeClient nodes) {
    this.settings = settings;
    this.nodes = nodes;
  }

  Setting setting(Tenant tenant) {
    return settings.get(tenant.place().database());
  }

  void set(Tenant tenant, Setting setting) {
    if (!setting.equals(Setting.NONE) || !setting(tenant).equals(Setting.NONE)) {
      settings.put(tenant.place().database(), setting);
    }
  }

  /// @param fields that are wanted; none means all. What the node alone knows is left out when it
  ///   does not answer: the rest is true all the same.
  Map<String, @Nullable Object> view(Tenant tenant, List<String> fields) {
    Optional<DatabaseFacts> facts =
        DatabaseView.needsFacts(fields) ? facts(tenant) : Optional.empty();
    return DatabaseView.only(fields, DatabaseView.of(tenant, setting(tenant), facts));
  }

  private Optional<DatabaseFacts> facts(Tenant tenant) {
    try {
      return Optional.of(nodes.ask(tenant.at(), "GET", "", null, DatabaseFacts.class));
    } catch (BurgageException e) {
      return Optional.empty();
    }
  }
}
