package dev.burgage.control.provisioning;

import dev.burgage.control.binding.Arrival;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.provisioning.SchemaSource.PoolSchema;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.node.CreateDatabase;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// What provisioning asks of nodes.
@Component
class NodeOrders {
  private final NodeClient client;
  private final Arrival arrival;

  NodeOrders(NodeClient client, Arrival arrival) {
    this.client = client;
    this.arrival = arrival;
  }

  Arrival arrival() {
    return arrival;
  }

  /// Makes the file, after sending the template if the node lacks it.
  void create(Tenant.Place place, PoolSchema schema) {
    try {
      client.createDatabase(
          place.node(), place.database(), place.generation(), schema.templateId());
    } catch (BurgageException e) {
      if (e.code() != ErrorCode.TEMPLATE_MISSING) {
        throw e;
      }
      client.putTemplate(place.node(), schema.template());
      client.createDatabase(
          place.node(), place.database(), place.generation(), schema.templateId());
    }
  }

  /// Makes the file as another database was.
  ///
  /// @return newest version in its history of migrations
  @Nullable String fork(Tenant tenant, ForkOrigin origin) {
    Tenant.Place place = tenant.place();
    CreateDatabase.Source source =
        new CreateDatabase.Source(
            origin.database(), origin.bookmark().toString(), tenant.limits().sizeBytesMax());
    CreateDatabase order = new CreateDatabase(tenant.plan().template(), source);
    return client
        .forkDatabase(place.node(), place.database(), place.generation(), order)
        .schemaVersion();
  }

  void delete(Tenant.Place place) {
    client.deleteDatabase(place.node(), place.database(), place.generation());
  }
}
