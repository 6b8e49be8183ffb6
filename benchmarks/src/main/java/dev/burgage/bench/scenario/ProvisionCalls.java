package dev.burgage.bench.scenario;

import dev.burgage.bench.load.Connections;
import dev.burgage.bench.load.Connections.Answer;
import dev.burgage.bench.peer.BurgageApi;
import dev.burgage.bench.peer.BurgageApi.Tenant;
import dev.burgage.bench.peer.BurgageCell;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Creates a tenant and asks its database until the answer is good. Thread-safe.
final class ProvisionCalls implements Closeable {
  private static final long ANSWER_NANOS_MAX = Duration.ofSeconds(10).toNanos();
  private static final String BODY = "{\"sql\":\"SELECT count(*) AS n FROM item\",\"params\":[]}";

  private final BurgageApi api;
  private final String pool;
  private final Map<URI, Connections> nodes = new LinkedHashMap<>();

  ProvisionCalls(BurgageApi api, String pool, List<URI> nodes) {
    this.api = api;
    this.pool = pool;
    for (URI node : nodes) {
      this.nodes.put(node, new Connections(node, BurgageCell.authorization()));
    }
  }

  /// Where the new database is asked.
  enum Asked {
    OWNER,
    OTHER_NODE,
    OTHER_NODE_WITH_REVISION;

    String peer() {
      return switch (this) {
        case OWNER -> "burgage, asked at the owning node";
        case OTHER_NODE -> "burgage, asked at another node";
        case OTHER_NODE_WITH_REVISION -> "burgage, at another node with revision";
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// @param startNanos from when the times count
  /// @throws IOException if the tenant is not created
  void provision(String tenant, Asked asked, long startNanos, ProvisionSamples samples)
      throws IOException {
    Tenant created = api.createTenant(pool, tenant);
    samples.created(System.nanoTime() - startNanos);
    Connections node = node(created, asked);
    Map<String, String> headers =
        asked == Asked.OTHER_NODE_WITH_REVISION && created.revision() != null
            ? Map.of("Burgage-Revision", created.revision())
            : Map.of();
    long end = System.nanoTime() + ANSWER_NANOS_MAX;
    while (!answers(node, tenant, headers)) {
      samples.refused();
      if (System.nanoTime() > end) {
        samples.failed();
        return;
      }
    }
    samples.answered(System.nanoTime() - startNanos);
  }

  @Override
  public void close() throws IOException {
    for (Connections node : nodes.values()) {
      node.close();
    }
  }

  private Connections node(Tenant tenant, Asked asked) throws IOException {
    return nodes.entrySet().stream()
        .filter(node -> node.getKey().equals(tenant.nodeUrl()) == (asked == Asked.OWNER))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new IOException("no such node for a tenant of " + tenant.nodeUrl()));
  }

  private boolean answers(Connections node, String tenant, Map<String, String> headers)
      throws IOException {
    String path =
        "/v1/pools/%s/tenants/%s/query?resultsFormat=ROWS_AND_COLUMNS".formatted(pool, tenant);
    Answer answer = node.call("POST", path, BODY, headers);
    return answer.status() == 200 && answer.body().contains("\"success\":true");
  }
}
