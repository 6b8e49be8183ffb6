package dev.burgage.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A token's way over real processes: made at the control plane, checked by both nodes, kept by
/// them while the control plane is dead, and gone when it is withdrawn.
class TokensIT {
  private static final String READ = "{\"sql\":\"SELECT count(*) AS n FROM t\"}";
  private static final String WRITE = "{\"sql\":\"INSERT INTO t VALUES (1)\"}";
  private static final String BATCH = "[%s,%s,%s]".formatted(READ, WRITE, READ);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aTokenReachesAndMayWhatItSaysWhereverItIsShown() throws Exception {
    try (Cell cell = new Cell("Tokens", folder, Map.of())) {
      cell.startControlPlane();
      cell.joinNode2();
      var connection = cell.connect();
      connection.pools().create(Cell.POOL);
      connection.tenants(Cell.POOL).create("acme");
      connection.tenants(Cell.POOL).create("globex");
      List<URI> doors = List.of(cell.url(), cell.node1().url(), cell.node2().url());
      run(doors.getFirst(), Cell.TOKEN, "acme", "{\"sql\":\"CREATE TABLE t(a)\"}");
      String reader = make(cell, "tenant", "read").path("token").asString();
      JsonNode writer = make(cell, "pool", "write");

      readsAndDoesNotWrite(doors, reader);
      asCloudflaresToolsSeeIt(cell, reader);
      withdrawn(cell, doors, writer);
      servesWithoutTheControlPlane(cell, reader, writer);
    }
  }

  private void readsAndDoesNotWrite(List<URI> doors, String reader) throws Exception {
    for (URI door : doors) {
      assertThat(run(door, reader, "acme", READ).body()).contains("\"n\":0");
      for (String write : List.of(WRITE, BATCH)) {
        HttpResponse<String> refused = run(door, reader, "acme", write);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("read_only", "may only read");
      }
      assertThat(run(door, reader, "acme", READ).body()).contains("\"n\":0");
      assertThat(run(door, reader, "globex", READ).body()).contains("forbidden");
      assertThat(run(door, reader, "nobody", READ).body()).contains("forbidden");
    }
  }

  private void asCloudflaresToolsSeeIt(Cell cell, String reader) throws Exception {
    String database = "/client/v4/accounts/%s/d1/database/acme".formatted(Cell.POOL);
    URI base = cell.url();
    assertThat(post(base.resolve(database + "/query"), reader, READ).body()).contains("\"n\":0");
    for (String verb : List.of("/query", "/raw")) {
      HttpResponse<String> refused = post(base.resolve(database + verb), reader, WRITE);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("\"code\":7403", "may only read");
      assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    }
    HttpResponse<String> refused = post(base.resolve(database + "/import"), reader, "{}");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("10000");
    String export = "{\"output_format\":\"polling\"}";
    assertThat(post(base.resolve(database + "/export"), reader, export).body())
        .contains("\"success\":true");
  }

  private void withdrawn(Cell cell, List<URI> doors, JsonNode writer) throws Exception {
    String secret = writer.path("token").asString();
    for (URI door : doors) {
      assertThat(run(door, secret, "acme", WRITE).statusCode()).isEqualTo(200);
    }
    URI token = cell.url().resolve("/v1/tokens/" + writer.path("id").asString());
    assertThat(send(request(token, Cell.TOKEN).DELETE()).statusCode()).isEqualTo(204);
    for (URI door : doors) {
      assertThat(run(door, secret, "acme", READ).statusCode()).isEqualTo(401);
    }
  }

  private void servesWithoutTheControlPlane(Cell cell, String reader, JsonNode withdrawn)
      throws Exception {
    cell.controlPlane().kill();
    CellProcess before = cell.node2().process();
    before.terminate();
    before.awaitEnd();
    cell.startNode2();
    URI node = cell.node2().url();

    assertThat(run(node, reader, "acme", READ).statusCode()).isEqualTo(200);
    assertThat(run(node, reader, "acme", WRITE).body()).contains("read_only");
    assertThat(run(node, withdrawn.path("token").asString(), "acme", READ).statusCode())
        .isEqualTo(401);
  }

  private JsonNode make(Cell cell, String scope, String right) throws Exception {
    String tenant = scope.equals("tenant") ? ",\"tenant\":\"acme\"" : "";
    String body =
        "{\"scope\":\"%s\",\"pool\":\"%s\"%s,\"right\":\"%s\"}"
            .formatted(scope, Cell.POOL, tenant, right);
    HttpResponse<String> made = post(cell.url().resolve("/v1/tokens"), Cell.TOKEN, body);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return Json.mapper().readTree(made.body());
  }

  private HttpResponse<String> run(URI door, String token, String tenant, String body)
      throws Exception {
    String path =
        "/v1/pools/%s/tenants/%s/query?resultsFormat=ARRAY_OF_OBJECTS".formatted(Cell.POOL, tenant);
    return post(door.resolve(path), token, body);
  }

  private HttpResponse<String> post(URI uri, String token, String body) throws Exception {
    return send(request(uri, token).POST(BodyPublishers.ofString(body)));
  }

  private static HttpRequest.Builder request(URI uri, String token) {
    return HttpRequest.newBuilder(uri)
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json");
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
