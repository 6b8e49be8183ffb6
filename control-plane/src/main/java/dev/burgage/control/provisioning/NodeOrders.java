package dev.burgage.control.provisioning;

import dev.burgage.control.binding.Arrival;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.provisioning.SchemaSource.PoolSchema;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
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

  void delete(Tenant.Place place) {
    client.deleteDatabase(place.node(), place.database(), place.generation());
  }
}
