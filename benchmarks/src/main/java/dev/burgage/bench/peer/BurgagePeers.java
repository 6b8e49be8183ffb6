package dev.burgage.bench.peer;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/// Burgage in the request scenario: one cell with one node, asked at the node and at the control
/// plane, which forwards.
public final class BurgagePeers {
  private static final int WARM_UP = 100_000;
  private static final String POOL = "bench";
  private static final String TENANT = "acme";

  private BurgagePeers() {}

  /// Makes the tenant with its rows. The cell stays the caller's to close.
  ///
  /// @return the node's peer, then the control plane's
  public static List<Peer> of(BurgageCell cell) throws IOException {
    BurgageApi api = cell.api();
    api.createPool(POOL);
    api.registerMigrations(POOL, List.of(Map.of("name", "V1__tables.sql", "sql", Requests.SCHEMA)));
    api.createTenant(POOL, TENANT);
    api.execute(POOL, TENANT, Requests.FILL);
    BurgageCell.Member node = cell.nodes().getFirst();
    return List.of(
        peer("burgage-node", node.url(), List.of(node.process().pid())),
        peer("burgage-control-plane", cell.url(), cell.processes()));
  }

  private static Peer peer(String name, URI origin, List<Long> processes) {
    String base = "/v1/pools/" + POOL + "/tenants/" + TENANT;
    var requests =
        Requests.sql(
            base + "/query?resultsFormat=ROWS_AND_COLUMNS",
            base + "/execute?resultsFormat=NONE",
            BurgageCell.authorization());
    Closeable nothing = () -> {};
    return new HttpPeer(name, WARM_UP, origin, processes, requests, nothing);
  }
}
