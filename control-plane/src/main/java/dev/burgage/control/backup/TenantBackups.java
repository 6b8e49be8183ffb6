package dev.burgage.control.backup;

import dev.burgage.control.history.SchemaRecord;
import dev.burgage.control.node.NodeClient;
import dev.burgage.control.node.NodeClient.Download;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.protocol.node.Backup;
import dev.burgage.protocol.node.Restored;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// The backups of a tenant, at the node that has its database. Thread-safe.
@Component
public class TenantBackups {
  private static final String PATH = "/backups";
  private static final int PAGE = 100;

  private final NodeClient nodes;
  private final SchemaRecord schema;

  TenantBackups(NodeClient nodes, SchemaRecord schema) {
    this.nodes = nodes;
    this.schema = schema;
  }

  /// Makes one now. Waits until it is in the object store.
  public Backup make(Tenant tenant) {
    return nodes.askAtLength(tenant.at(), "POST", PATH, Backup.class);
  }

  /// A page, the newest first.
  Backup.Backups page(Tenant tenant, String cursor, int limit) {
    String after = URLEncoder.encode(cursor, StandardCharsets.UTF_8);
    String path = PATH + "?limit=%d&cursor=%s".formatted(limit, after);
    return nodes.ask(tenant.at(), "GET", path, null, Backup.Backups.class);
  }

  /// All there are, the newest first: at most some hundreds.
  public List<Backup> all(Tenant tenant) {
    List<Backup> all = new ArrayList<>();
    @Nullable String cursor = "";
    while (cursor != null) {
      Backup.Backups page = page(tenant, cursor, PAGE);
      all.addAll(page.backups());
      cursor = page.next();
    }
    return all;
  }

  Backup get(Tenant tenant, UUID id) {
    return nodes.ask(tenant.at(), "GET", PATH + "/" + id, null, Backup.class);
  }

  void delete(Tenant tenant, UUID id) {
    nodes.tell(tenant.at(), "DELETE", PATH + "/" + id);
  }

  /// Puts one in the database's place, and writes down which schema version that is.
  public Restored restore(Tenant tenant, UUID id) {
    String path = PATH + "/%s/restore".formatted(id);
    Restored restored = nodes.askAtLength(tenant.at(), "POST", path, Restored.class);
    var _ = schema.update(tenant.key());
    return restored;
  }

  /// Sends the SQLite file. What comes to an end before its length is damaged.
  public void send(Tenant tenant, UUID id, HttpServletResponse response) throws IOException {
    Download file = nodes.download(tenant.at(), PATH + "/" + id + "/file");
    try (InputStream content = file.content()) {
      response.setContentType("application/vnd.sqlite3");
      if (file.length() >= 0) {
        response.setContentLengthLong(file.length());
      }
      content.transferTo(response.getOutputStream());
    }
  }
}
