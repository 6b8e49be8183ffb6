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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Cloudflare's API over real processes, as wrangler and the SDK use it.
class CloudflareIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder = Path.of("");

  private final HttpClient http = HttpClient.newHttpClient();
  private URI base = URI.create("http://127.0.0.1");

  @Test
  void aDatabaseComesInAndGoesOutByLinks() throws Exception {
    try (Cell cell = new Cell("Cloudflare", folder, Map.of())) {
      cell.startControlPlane();
      cell.connect().pools().create(Cell.POOL);
      base = cell.url();
      importsAndExports();
      linksHoldForOneFileOnly();
      backups();
      figures();
      poolLimits(cell);
    }
  }

  private String databases() {
    return "/client/v4/accounts/" + Cell.POOL + "/d1/database";
  }

  private void importsAndExports() throws Exception {
    post(databases(), "{\"name\":\"acme\"}");
    String sql = "CREATE TABLE t(a);\nINSERT INTO \"t\" (\"a\") VALUES('x;''y');\n";
    JsonNode done = load("acme", sql);
    assertThat(done.path("status").asString()).as(done.toString()).isEqualTo("complete");
    assertThat(done.path("result").path("num_queries").asInt()).isEqualTo(2);
    assertThat(done.path("result").path("meta").path("duration").isNumber()).isTrue();

    JsonNode failed = load("acme", "INSERT INTO t VALUES(2); INSERT INTO nope VALUES(1);");
    assertThat(failed.path("status").asString()).isEqualTo("error");
    assertThat(failed.path("errors").path(0).asString()).contains("no such table: nope");
    assertThat(failed.path("messages").isArray()).isTrue();

    assertThat(text(exportUrl())).isEqualTo("PRAGMA defer_foreign_keys=TRUE;\n" + sql);
    JsonNode nothing =
        post(
            databases() + "/acme/import",
            "{\"action\":\"poll\",\"current_bookmark\":\"" + "0".repeat(8) + "\"}");
    assertThat(nothing.path("error").asString()).isEqualTo("Not currently importing anything.");
  }

  private JsonNode load(String database, String sql) throws Exception {
    byte[] digest = MessageDigest.getInstance("MD5").digest(sql.getBytes(StandardCharsets.UTF_8));
    String md5 = HexFormat.of().formatHex(digest);
    String path = databases() + "/" + database + "/import";
    String etag = ",\"etag\":\"" + md5 + "\"}";
    JsonNode init = post(path, "{\"action\":\"init\"" + etag);
    HttpResponse<String> uploaded =
        send(
            HttpRequest.newBuilder(URI.create(init.path("upload_url").asString()))
                .PUT(BodyPublishers.ofString(sql)));
    assertThat(uploaded.statusCode()).as(uploaded.body()).isEqualTo(200);
    assertThat(uploaded.headers().firstValue("etag")).contains("\"" + md5 + "\"");
    JsonNode now = post(path, "{\"action\":\"ingest\",\"filename\":\"f\"" + etag);
    while (now.path("status").asString().equals("active")) {
      String bookmark = now.path("at_bookmark").asString();
      now = post(path, "{\"action\":\"poll\",\"current_bookmark\":\"" + bookmark + "\"}");
    }
    return now;
  }

  private String exportUrl() throws Exception {
    String body = "{\"output_format\":\"polling\"}";
    JsonNode now = post(databases() + "/acme/export", body);
    while (now.path("status").asString().equals("active")) {
      now =
          post(
              databases() + "/acme/export",
              "{\"output_format\":\"polling\",\"current_bookmark\":\""
                  + now.path("at_bookmark").asString()
                  + "\"}");
    }
    return now.path("result").path("signed_url").asString();
  }

  private String text(String url) throws Exception {
    HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(url)).GET());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private void linksHoldForOneFileOnly() throws Exception {
    String url = exportUrl();
    for (String other :
        new String[] {
          url.replaceFirst("/downloads/([^/]+)/([^/]+)/[^?]+", "/downloads/$1/$2/other"),
          url.replaceFirst("expires=", "expires=9"),
          url.replaceFirst("signature=.", "signature=-"),
          url.substring(0, url.indexOf('?'))
        }) {
      HttpResponse<String> refused = send(HttpRequest.newBuilder(URI.create(other)).GET());
      assertThat(refused.statusCode()).as(other).isEqualTo(401);
      assertThat(refused.body()).contains("10000");
    }
  }

  private void backups() throws Exception {
    String path = databases() + "/acme/backup";
    JsonNode made = post(path, "");
    assertThat(made.path("state").asString()).isEqualTo("done");
    String one = path + "/" + made.path("id").asString();
    assertThat(send(get(one + "/download").GET()).body()).startsWith("SQLite format 3");
    post(databases() + "/acme/query", "{\"sql\":\"DROP TABLE t\"}");
    post(one + "/restore", "");
    JsonNode rows = post(databases() + "/acme/query", "{\"sql\":\"SELECT count(*) n FROM t\"}");
    assertThat(rows.path(0).path("results").path(0).path("n").asInt()).isEqualTo(1);
  }

  private void figures() throws Exception {
    String id =
        Json.mapper()
            .readTree(send(get(databases() + "/acme").GET()).body())
            .path("result")
            .path("uuid")
            .asString();
    String body =
        """
        {"operationName":"getD1QueriesOverviewQuery","query":"{ (limit: 5 orderBy: [count_DESC]) }",
         "variables":{"accountTag":"shop","filter":{"AND":[{"databaseId":"%s"}]}}}
        """
            .formatted(id);
    String answer = send(get("/client/v4/graphql").POST(BodyPublishers.ofString(body))).body();
    assertThat(answer).contains("\"query\":\"SELECT count(*) n FROM t\"").contains(id);
  }

  private void poolLimits(Cell cell) throws Exception {
    cell.connect().pools().create("other");
    post("/client/v4/accounts/other/d1/database", "{\"name\":\"acme\"}");
    String sql = "SELECT 1 IN (" + String.join(",", Collections.nCopies(1_000, "?")) + ")";
    String body =
        new String(
            Json.bytes(Map.of("sql", sql, "params", Collections.nCopies(1_000, "1"))),
            StandardCharsets.UTF_8);
    assertThat(send(get(databases() + "/acme/query").POST(BodyPublishers.ofString(body))).body())
        .contains("too many SQL variables"); // on a database that is open from now on

    send(
        get("/v1/pools/" + Cell.POOL)
            .method("PATCH", BodyPublishers.ofString("{\"limits\":{\"parametersMax\":1000}}")));

    Await.until(
        "a thousand parameters are bound",
        () ->
            send(get(databases() + "/acme/query").POST(BodyPublishers.ofString(body))).statusCode()
                == 200);
    String other = databases().replace(Cell.POOL, "other");
    assertThat(send(get(other + "/acme/query").POST(BodyPublishers.ofString(body))).body())
        .contains("too many SQL variables");
  }

  private HttpRequest.Builder get(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .header("Authorization", "Bearer " + Cell.TOKEN)
        .header("Content-Type", "application/json");
  }

  private JsonNode post(String path, String body) throws Exception {
    HttpResponse<String> answer = send(get(path).POST(BodyPublishers.ofString(body)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.mapper().readTree(answer.body()).path("result");
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
