package dev.burgage.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.node.http.NodeRoutes;
import dev.burgage.protocol.Json;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.FeedMessage;
import dev.burgage.protocol.binding.TokenGrant;
import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Tokens of every scope and right at a real node, over sockets.
class TokensTest {
  private static final TokenScope SHOP = new TokenScope(NodeHarness.POOL, null);
  private static final TokenScope ACME = tenant("shop", "acme");
  private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant FUTURE = Instant.parse("2120-01-01T00:00:00Z");
  private static final String READER = "bgt.reader";
  private static final String WRITER = "bgt.writer";

  /// What each route is for. A new one must be put here, and so be thought about.
  private static final Map<String, Use> ROUTES = new LinkedHashMap<>();

  private enum Use {
    OPEN,
    TENANT,
    FLEET,
    ORDER
  }

  static {
    String orders =
        """
        POST /node/v1/migrations
        POST /node/v1/marks
        POST /node/v1/undo
        POST /node/v1/rehearsals
        POST /node/v1/schemas
        GET /node/v1/pools/{pool}/tenants/{tenant}
        PUT /node/v1/pools/{pool}/tenants/{tenant}/imports/{md5}
        GET /node/v1/pools/{pool}/tenants/{tenant}/export
        PUT /node/v1/pools/{pool}/tenants/{tenant}/import
        POST /node/v1/pools/{pool}/tenants/{tenant}/imports/{md5}
        GET /node/v1/pools/{pool}/tenants/{tenant}/imports/{bookmark}
        POST /node/v1/pools/{pool}/tenants/{tenant}/exports
        GET /node/v1/pools/{pool}/tenants/{tenant}/exports/{bookmark}
        GET /node/v1/pools/{pool}/tenants/{tenant}/files/{name}
        GET /node/v1/pools/{pool}/tenants/{tenant}/backups
        POST /node/v1/pools/{pool}/tenants/{tenant}/backups
        GET /node/v1/pools/{pool}/tenants/{tenant}/backups/{id}
        GET /node/v1/pools/{pool}/tenants/{tenant}/backups/{id}/file
        DELETE /node/v1/pools/{pool}/tenants/{tenant}/backups/{id}
        POST /node/v1/pools/{pool}/tenants/{tenant}/backups/{id}/restore
        GET /node/v1/pools/{pool}/tenants/{tenant}/bookmark
        POST /node/v1/pools/{pool}/tenants/{tenant}/restore
        GET /node/v1/pools/{pool}/tenants/{tenant}/diff
        GET /node/v1/drills
        POST /node/v1/drills
        POST /node/v1/statistics
        GET /node/v1/purges/{database}
        PUT /node/v1/templates/{id}
        PUT /node/v1/databases/{database}/{generation}
        DELETE /node/v1/databases/{database}/{generation}
        POST /node/v1/databases/{database}/{generation}/trash
        POST /node/v1/databases/{database}/{generation}/release
        GET /node/v1/databases
        GET /node/v1/quarantine
        GET /node/v1/position
        """;
    for (String order : orders.lines().toList()) {
      ROUTES.put(order, Use.ORDER);
    }
    ROUTES.put("POST /v1/pools/{pool}/tenants/{tenant}/query", Use.TENANT);
    ROUTES.put("POST /v1/pools/{pool}/tenants/{tenant}/execute", Use.TENANT);
    ROUTES.put("GET /actuator/prometheus", Use.FLEET);
    ROUTES.put("GET /actuator/health", Use.OPEN);
    ROUTES.put("GET /actuator/health/readiness", Use.OPEN);
    ROUTES.put("GET /actuator/health/liveness", Use.OPEN);
    ROUTES.put("ANY ", Use.OPEN); // says that there is nothing
  }

  @TempDir Path data;
  private NodeHarness node;

  @BeforeEach
  void start() throws IOException {
    node = new NodeHarness(data, Map.of());
    node.provision("acme");
    node.sql("acme", "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
    node.sql("acme", "INSERT INTO t VALUES (1, 'one')");
    grant(
        new Token(READER, ACME, TokenRight.READ, null),
        new Token(WRITER, ACME, TokenRight.WRITE, FUTURE));
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
  }

  private record Token(
      String secret, TokenScope scope, TokenRight right, @Nullable Instant expiresAt) {}

  private static TokenScope tenant(String pool, String tenant) {
    return new TokenScope(new PoolName(pool), new TenantId(tenant));
  }

  private static FeedMessage.Tokens tokens(Token... tokens) {
    List<TokenGrant> grants = new ArrayList<>();
    grants.add(NodeHarness.adminGrant());
    for (Token token : tokens) {
      String digest = NodeHarness.sha256(token.secret());
      grants.add(new TokenGrant(digest, token.scope(), token.right(), token.expiresAt()));
    }
    return new FeedMessage.Tokens(grants, 1L);
  }

  private void grant(Token... tokens) throws IOException {
    node.publish(tokens(tokens));
  }

  private HttpResponse<String> run(String token, String tenant, String body) throws IOException {
    return node.send(
        HttpRequest.newBuilder(
                node.url()
                    .resolve(
                        "/v1/pools/shop/tenants/"
                            + tenant
                            + "/query?resultsFormat=ARRAY_OF_OBJECTS"))
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private static String body(String... statements) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (String sql : statements) {
      all.add(Map.of("sql", sql));
    }
    return new String(Json.bytes(all.size() == 1 ? all.getFirst() : all), StandardCharsets.UTF_8);
  }

  private HttpResponse<String> read(String... statements) throws IOException {
    return run(READER, "acme", body(statements));
  }

  private static String code(HttpResponse<String> answer) {
    JsonNode json = Json.mapper().readTree(answer.body());
    return json.path("code").asString("(none: " + answer.body() + ")");
  }

  @Test
  void everyRouteIsInTheTable() {
    assertThat(NodeRoutes.all()).containsExactlyInAnyOrderElementsOf(ROUTES.keySet());
  }

  @Test
  void eachRouteTakesTheTokensThatItIsForAndNoOthers() throws IOException {
    List<Token> all = new ArrayList<>();
    for (TokenScope scope :
        List.of(
            TokenScope.FLEET,
            SHOP,
            ACME,
            new TokenScope(new PoolName("s"), null),
            tenant("shop", "acme2"),
            tenant("s", "acme"))) {
      for (TokenRight right : TokenRight.values()) {
        all.add(new Token("bgt." + scope + right, scope, right, null));
        all.add(new Token("bgt.old." + scope + right, scope, right, PAST));
      }
    }
    grant(all.toArray(Token[]::new));
    for (Map.Entry<String, Use> route : ROUTES.entrySet()) {
      for (Token token : all) {
        assertThat(ask(route.getKey(), token.secret()))
            .as("%s with %s", route.getKey(), token)
            .isEqualTo(expected(route.getValue(), token));
      }
      int strange = route.getValue() == Use.OPEN ? 0 : 401;
      assertThat(ask(route.getKey(), "")).as(route.getKey()).isEqualTo(strange);
      assertThat(ask(route.getKey(), "bgt.unknown")).as(route.getKey()).isEqualTo(strange);
    }
  }

  private static int expected(Use use, Token token) {
    boolean expired = PAST.equals(token.expiresAt());
    boolean reaches =
        use == Use.FLEET
            ? token.scope().isFleet()
            : token.scope().covers(NodeHarness.POOL, new TenantId("acme"));
    return switch (use) {
      case OPEN -> 0;
      case ORDER -> 401;
      case TENANT, FLEET -> expired ? 401 : reaches ? 0 : 403;
    };
  }

  // 0: the door is open, whatever is behind it.
  private int ask(String route, String token) throws IOException {
    String method = route.startsWith("ANY") ? "GET" : route.substring(0, route.indexOf(' '));
    String path =
        route
            .substring(route.indexOf(' ') + 1)
            .replace("{pool}", "shop")
            .replace("{tenant}", "acme")
            .replaceAll("\\{[a-z0-9]+\\}", "1");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(node.url().resolve(path.isEmpty() ? "/none" : path))
            .method(method, BodyPublishers.ofString(body("SELECT 1")));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    int status = node.send(request.build()).statusCode();
    return status == 401 || status == 403 ? status : 0;
  }

  @Test
  void ofWhatATokenDoesNotReachItsHolderIsNotToldWhetherItIsThere() throws IOException {
    node.provision("globex");
    HttpResponse<String> there = run(READER, "globex", body("SELECT 1"));
    HttpResponse<String> missing = run(READER, "nobody", body("SELECT 1"));

    assertThat(there.statusCode()).isEqualTo(403);
    assertThat(missing.body()).isEqualTo(there.body());
    assertThat(node.controlPlane.lookupCount()).isZero();
  }

  @Test
  void aWithdrawnTokenIsRefusedAtOnce() throws IOException {
    assertThat(read("SELECT 1").statusCode()).isEqualTo(200);

    node.publish(tokens());

    assertThat(read("SELECT 1").statusCode()).isEqualTo(401);
  }

  @Test
  void aTokenThatWasWithdrawnWhileTheNodeWasAwayIsRefused() throws IOException {
    node.stop();
    node.controlPlane.send(tokens());
    node.startAndJoin();

    assertThat(read("SELECT 1").statusCode()).isEqualTo(401);
  }

  @Test
  void aNodeThatHasNeverHeardOfTokensDoesNotSayThatOneIsWrong() throws IOException {
    node.stop();
    node.controlPlane.close();
    Files.delete(node.data().resolve("bindings.ndjson"));
    node.start();

    assertThat(code(read("SELECT v FROM t"))).isEqualTo("not_ready");
  }

  @Test
  void aNodeThatStartsWithoutTheControlPlaneServesByTheTokensItLastKnew() throws IOException {
    node.publish(tokens(new Token(READER, ACME, TokenRight.READ, null)));
    node.stop();
    node.controlPlane.close();
    node.start();

    assertThat(read("SELECT v FROM t").body()).contains("one");
    assertThat(code(read("DELETE FROM t"))).isEqualTo("read_only");
    assertThat(run(WRITER, "acme", body("SELECT 1")).statusCode()).isEqualTo(401);
  }

  @Test
  void anExpiredTokenIsRefusedByTheNodeItself() throws IOException {
    grant(
        new Token(READER, ACME, TokenRight.READ, PAST),
        new Token(WRITER, ACME, TokenRight.WRITE, FUTURE));

    assertThat(read("SELECT 1").statusCode()).isEqualTo(401);
    assertThat(run(WRITER, "acme", body("SELECT 1")).statusCode()).isEqualTo(200);
  }

  @Test
  void theNodeSaysWhichEditionOfTheTokensItServesBy() throws IOException {
    String position = node.order("GET", "/node/v1/position", Map.of()).body();

    assertThat(Json.mapper().readTree(position).path("tokens").asLong()).isEqualTo(1);
    assertThat(node.controlPlane.joins().getLast().readsScopes()).isTrue();
  }

  @Test
  void asManyTokensAsACellMayHaveReachTheNode() throws IOException {
    Token[] all = new Token[TokenGrant.MAX - 1];
    for (int i = 0; i < all.length; i++) {
      all[i] =
          new Token(
              "bgt." + i, tenant("shop", "tenant-of-a-long-name-" + i), TokenRight.READ, FUTURE);
    }
    all[all.length - 1] = new Token(READER, ACME, TokenRight.READ, null);
    grant(all);

    assertThat(read("SELECT 1").statusCode()).isEqualTo(200);
    assertThat(run("bgt.7", "acme", body("SELECT 1")).statusCode()).isEqualTo(403);
  }
}
