package dev.burgage.control.history;

import dev.burgage.control.node.NodeClient;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.Moment;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.node.BookmarkAt;
import dev.burgage.protocol.node.DatabaseDiff;
import dev.burgage.protocol.node.RestoreOrder;
import dev.burgage.protocol.node.Restored;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Asks a tenant's node for its past. Thread-safe.
@Component
public class TenantHistory {
  private static final Logger LOG = LoggerFactory.getLogger(TenantHistory.class);

  private final NodeClient nodes;
  private final SchemaRecord schemas;

  TenantHistory(NodeClient nodes, SchemaRecord schemas) {
    this.nodes = nodes;
    this.schemas = schemas;
  }

  /// The commit that a moment stands for.
  ///
  /// @param at null for now
  /// @throws BurgageException as the node refuses: `moment_not_kept` and its like
  public BookmarkAt bookmark(Tenant tenant, @Nullable Moment at) {
    String path = "/bookmark" + (at == null ? "" : "?at=" + encoded(at));
    return nodes.ask(tenant.at(), "GET", path, null, BookmarkAt.class);
  }

  /// Puts the database as of a moment in its place, and writes down which schema version it has
  /// then.
  ///
  /// @param by who asked, for the log
  public Restored restore(Tenant tenant, Moment to, String by) {
    Restored restored =
        nodes.askAtLength(
            tenant.at(), "POST", "/restore", new RestoreOrder(to.toString()), Restored.class);
    LOG.info(
        "{} restored tenant {} to {}: bookmark {}, before it {}",
        by,
        tenant.key(),
        to,
        restored.bookmark(),
        restored.previousBookmark());
    schemas.update(tenant.key());
    return restored;
  }

  /// In what two moments differ.
  ///
  /// @param to null for now
  public DatabaseDiff diff(Tenant tenant, Moment from, @Nullable Moment to) {
    String path = "/diff?from=" + encoded(from) + (to == null ? "" : "&to=" + encoded(to));
    return nodes.askAtLength(tenant.at(), "GET", path, null, DatabaseDiff.class);
  }

  private static String encoded(Moment moment) {
    return URLEncoder.encode(moment.toString(), StandardCharsets.UTF_8);
  }
}
