package dev.burgage.bench.peer;

import dev.burgage.bench.load.Connections;
import dev.burgage.bench.load.Connections.Answer;
import dev.burgage.protocol.Json;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Calls to one tenant's database at its node, one at a time or many at once. Thread-safe.
public final class TenantCalls implements Closeable {
  private final Connections connections;
  private final String query;

  /// @param node its address
  public TenantCalls(URI node, String pool, String tenant) {
    connections = new Connections(node, BurgageCell.authorization());
    query = "/v1/pools/%s/tenants/%s/query".formatted(pool, tenant);
  }

  /// [Operation#READ].
  ///
  /// @param id from 1 to [Requests#ROWS]
  public void read(int id) throws IOException {
    expect(Requests.name(id), ask(Requests.READ_SQL, List.of(id)));
  }

  /// [Operation#INSERT].
  public void insert(int n) throws IOException {
    List<Object> row =
        List.of("Entry " + n, "entry.%d@example.org".formatted(n), n, Requests.note(n));
    expect("\"success\":true", ask(Requests.INSERT_SQL, row));
  }

  /// @return the answer whatever its status
  public Answer ask(String sql, List<Object> parameters) throws IOException {
    byte[] body = Json.bytes(Map.of("sql", sql, "params", parameters));
    return connections.call("POST", query, new String(body, StandardCharsets.UTF_8));
  }

  private static void expect(String text, Answer answer) throws IOException {
    if (answer.status() != 200 || !answer.body().contains(text)) {
      throw new IOException("HTTP %d: %s".formatted(answer.status(), answer.body()));
    }
  }

  @Override
  public void close() throws IOException {
    connections.close();
  }
}
