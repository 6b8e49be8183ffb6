package dev.burgage.bench.peer;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Burgage as a peer: a node asked itself, and the control plane, which forwards.
public final class BurgagePeers {
  private static final int WARM_UP_CONTROL_PLANE = 100_000;
  public static final String POOL = "bench";
  private static final String TENANT = "acme";
  private static final int TRIES_MAX = 100;

  private BurgagePeers() {}

  /// Makes the tenant with its rows. The cell stays the caller's to close.
  ///
  /// @return the node's peer, then the control plane's
  public static List<Peer> of(BurgageCell cell) throws IOException {
    BurgageApi api = cell.api();
    makePool(api, POOL);
    api.createTenant(POOL, TENANT);
    api.execute(POOL, TENANT, Requests.FILL);
    BurgageCell.Member node = cell.nodes().getFirst();
    return List.of(
        node("burgage-node", node, TENANT),
        peer("burgage-control-plane", WARM_UP_CONTROL_PLANE, cell.url(), cell.processes(), TENANT));
  }

  /// Makes a tenant with its rows on each node of the cell, which stays the caller's to close.
  ///
  /// @param names of the peers, one for each node in turn
  public static List<Peer> ofNodes(BurgageCell cell, List<String> names) throws IOException {
    BurgageApi api = cell.api();
    makePool(api, POOL);
    var peers = new ArrayList<Peer>();
    for (int i = 0; i < names.size(); i++) {
      BurgageCell.Member node = cell.nodes().get(i);
      String tenant = filledTenantOn(node, api);
      peers.add(node(names.get(i), node, tenant));
    }
    return peers;
  }

  /// Makes a pool at version 1, whose tenants have the tables of the requests.
  public static void makePool(BurgageApi api, String pool) throws IOException {
    api.createPool(pool);
    api.registerMigrations(pool, List.of(Map.of("name", "V1__tables.sql", "sql", Requests.SCHEMA)));
  }

  /// Gives a tenant of [#POOL] its rows.
  public static void fill(BurgageApi api, String tenant) throws IOException {
    api.execute(POOL, tenant, Requests.FILL);
  }

  /// Makes a tenant of [#POOL] with its rows on one node.
  public static String filledTenantOn(BurgageCell.Member node, BurgageApi api) throws IOException {
    String tenant = tenantOn(node, api);
    fill(api, tenant);
    return tenant;
  }

  // The control plane chooses the node: tenants are made until one is there.
  private static String tenantOn(BurgageCell.Member node, BurgageApi api) throws IOException {
    for (int i = 1; i <= TRIES_MAX; i++) {
      BurgageApi.Tenant tenant = api.createTenant(POOL, node.name() + "-" + i);
      if (tenant.nodeUrl().equals(node.url())) {
        return tenant.id();
      }
    }
    throw new IOException("of %d tenants none was placed on %s".formatted(TRIES_MAX, node.name()));
  }

  private static Peer node(String name, BurgageCell.Member node, String tenant) {
    return peer(name, PeerKind.WARM_UP_JVM, node.url(), List.of(node.process().pid()), tenant);
  }

  private static Peer peer(
      String name, int warmUp, URI origin, List<Long> processes, String tenant) {
    String base = "/v1/pools/" + POOL + "/tenants/" + tenant;
    var requests =
        Requests.sql(
            base + "/query?resultsFormat=ROWS_AND_COLUMNS",
            base + "/execute?resultsFormat=NONE",
            BurgageCell.authorization());
    Closeable nothing = () -> {};
    return new HttpPeer(name, warmUp, origin, processes, requests, nothing);
  }
}
