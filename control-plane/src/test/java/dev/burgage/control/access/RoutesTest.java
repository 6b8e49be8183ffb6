package dev.burgage.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api;
import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.protocol.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/// Every route of the control plane against every scope and right. The table is written a second
/// time here, in other words: who needs what, and not what a route asks.
class RoutesTest extends ControlPlaneTest {
  private static final String DATABASE = "/client/v4/accounts/{account}/d1/database/{database}";

  /// Least right of a fleet's, a pool's and a tenant's token; `-`: none is enough; `open`: no
  /// token; `node`: a node's alone.
  private static final Map<String, String> NEEDED = new LinkedHashMap<>();

  private static void needed(String rights, String... routes) {
    for (String route : routes) {
      NEEDED.put(route, rights);
    }
  }

  static {
    needed(
        "read read read",
        "GET /v1/openapi.json",
        "GET /client/v4/user",
        "GET /client/v4/user/tokens/verify",
        "GET /client/v4/accounts",
        "GET /client/v4/memberships",
        "GET /client/v4/accounts/{account}",
        "GET /client/v4/accounts/{account}/d1/database",
        "GET /v1/pools/{pool}/tenants/{tenant}",
        "GET /v1/pools/{pool}/tenants/{tenant}/backups",
        "GET /v1/pools/{pool}/tenants/{tenant}/backups/{id}",
        "GET /v1/pools/{pool}/tenants/{tenant}/backups/{id}/file",
        "POST /v1/pools/{pool}/tenants/{tenant}/query",
        "POST /v1/pools/{pool}/tenants/{tenant}/execute",
        "GET /v1/pools/{pool}/tenants/{tenant}/export",
        "GET /v1/pools/{pool}/tenants/{tenant}/imports/{id}",
        "GET /v1/pools/{pool}/tenants/{tenant}/bookmark",
        "GET /v1/pools/{pool}/tenants/{tenant}/diff",
        "GET " + DATABASE,
        "POST " + DATABASE + "/query",
        "POST " + DATABASE + "/raw",
        "POST " + DATABASE + "/export",
        "GET " + DATABASE + "/time_travel/bookmark",
        "GET " + DATABASE + "/time-travel/bookmark",
        "GET " + DATABASE + "/backup",
        "GET " + DATABASE + "/backup/{backup}/download");
    needed(
        "write write write",
        "PUT /v1/pools/{pool}/tenants/{tenant}/import",
        "POST /v1/pools/{pool}/tenants/{tenant}/restore",
        "POST /v1/pools/{pool}/tenants/{tenant}/backups",
        "POST /v1/pools/{pool}/tenants/{tenant}/backups/{id}/restore",
        "POST " + DATABASE + "/import",
        "POST " + DATABASE + "/time_travel/restore",
        "POST " + DATABASE + "/time-travel/restore",
        "POST " + DATABASE + "/backup",
        "POST " + DATABASE + "/backup/{backup}/restore");
    needed(
        "admin admin admin",
        "DELETE /v1/pools/{pool}/tenants/{tenant}",
        "DELETE /v1/pools/{pool}/tenants/{tenant}/backups/{id}",
        "POST /v1/pools/{pool}/tenants/{tenant}/suspend",
        "POST /v1/pools/{pool}/tenants/{tenant}/resume",
        "POST /v1/pools/{pool}/tenants/{tenant}/undelete",
        "PUT " + DATABASE,
        "PATCH " + DATABASE,
        "DELETE " + DATABASE);
    needed(
        "read read -",
        "GET /v1/pools",
        "GET /v1/pools/{pool}",
        "GET /v1/pools/{pool}/tenants",
        "GET /v1/pools/{pool}/migrations",
        "GET /v1/pools/{pool}/migrations/{version}",
        "GET /v1/pools/{pool}/migrations/lint",
        "GET /v1/pools/{pool}/drift",
        "GET /v1/pools/{pool}/rollouts",
        "GET /v1/pools/{pool}/rollouts/{id}",
        "GET /v1/pools/{pool}/rollouts/{id}/targets",
        "GET /v1/pools/{pool}/rollouts/{id}/events",
        "GET /v1/pools/{pool}/rollouts/{id}/rehearsals",
        "POST /client/v4/graphql"); // a tenant's must name its database: a test of its own
    needed(
        "admin admin -",
        "POST /v1/pools/{pool}/tenants",
        "POST /v1/pools/{pool}/tenants/{tenant}/fork",
        "PATCH /v1/pools/{pool}/tenants/{tenant}",
        "POST /v1/pools/{pool}/migrations",
        "POST /v1/pools/{pool}/migrations/lint",
        "POST /v1/pools/{pool}/drift/checks",
        "POST /v1/pools/{pool}/rollouts",
        "POST /v1/pools/{pool}/rollouts/{id}/rehearsals",
        "POST /client/v4/accounts/{account}/d1/database");
    for (String verb :
        List.of(
            "start",
            "pause",
            "resume",
            "abort",
            "undo",
            "retry",
            "exclude",
            "mark-applied",
            "approve")) {
      needed("admin admin -", "POST /v1/pools/{pool}/rollouts/{id}/" + verb);
    }
    needed(
        "read - -",
        "GET /v1/purges/{database}",
        "GET /v1/nodes",
        "GET /v1/drills",
        "GET /actuator",
        "GET /actuator/prometheus");
    needed(
        "admin - -",
        "GET /v1/tokens",
        "POST /v1/tokens",
        "GET /v1/tokens/{id}",
        "DELETE /v1/tokens/{id}",
        "POST /v1/nodes",
        "POST /v1/drills",
        "POST /v1/nodes/{node}/token",
        "DELETE /v1/nodes/{node}",
        "POST /v1/pools",
        "PATCH /v1/pools/{pool}",
        "DELETE /v1/pools/{pool}",
        "POST /v1/pools/{pool}/tenants/{tenant}/release",
        "GET /error",
        "GET /v1/openapi.json.yaml");
    needed(
        "node",
        "POST /v1/nodes/{node}/feed",
        "POST /v1/nodes/{node}/acknowledgement",
        "GET /v1/nodes/{node}/bindings/{pool}/{tenant}",
        "POST /v1/nodes/{node}/migrated/{rollout}");
    needed(
        "open",
        "PUT /client/v4/uploads/{account}/{database}/{md5}",
        "GET /client/v4/downloads/{account}/{database}/{file}",
        "GET /actuator/health",
        "GET /actuator/health/**");
  }

  @Autowired private ApplicationContext context;

  private record Holder(String scope, String pool, String tenant, String right, String secret) {}

  private Set<String> routes() {
    Set<String> found = new TreeSet<>();
    for (var mapping : context.getBeansOfType(RequestMappingInfoHandlerMapping.class).values()) {
      for (RequestMappingInfo info : mapping.getHandlerMethods().keySet()) {
        var methods = info.getMethodsCondition().getMethods();
        for (String path : info.getPatternValues()) {
          if (methods.isEmpty()) {
            found.add("GET " + path);
          }
          methods.forEach(method -> found.add(method + " " + path));
        }
      }
    }
    return found;
  }

  private Holder holder(String scope, String inPool, String tenant, String right) {
    String names =
        switch (scope) {
          case "fleet" -> "";
          case "pool" -> ",\"pool\":\"%s\"".formatted(inPool);
          default -> ",\"pool\":\"%s\",\"tenant\":\"%s\"".formatted(inPool, tenant);
        };
    Answer made =
        api.post(
            "/v1/tokens", "{\"scope\":\"%s\",\"right\":\"%s\"%s}".formatted(scope, right, names));
    assertThat(made.status()).as(made.response().body()).isEqualTo(201);
    return new Holder(scope, inPool, tenant, right, made.text("token"));
  }

  private List<Holder> holders(String other) {
    List<Holder> holders = new ArrayList<>();
    for (String right : List.of("read", "write", "admin")) {
      holders.add(holder("fleet", "", "", right));
      holders.add(holder("pool", pool, "", right));
      holders.add(holder("tenant", pool, "acme", right));
      holders.add(holder("tenant", pool, "globex", right));
      holders.add(holder("pool", other, "", right));
      holders.add(holder("tenant", other, "acme", right));
    }
    return holders;
  }

  private static boolean isAllowed(String needed, String route, Holder holder, String ownPool) {
    if (needed.equals("node")) {
      return false;
    }
    if (needed.equals("open")) {
      return true;
    }
    String least =
        needed.split(" ", -1)[List.of("fleet", "pool", "tenant").indexOf(holder.scope())];
    boolean ofPool =
        route.contains("{pool}") || route.contains("{account}") || route.contains("graphql");
    boolean ofTenant = route.contains("{tenant}") || route.contains("{database}");
    boolean reaches =
        holder.scope().equals("fleet")
            || !ofPool
            || (holder.pool().equals(ownPool)
                && (!ofTenant
                    || !holder.scope().equals("tenant")
                    || holder.tenant().equals("acme")));
    return reaches
        && !least.equals("-")
        && List.of("read", "write", "admin").indexOf(holder.right())
            >= List.of("read", "write", "admin").indexOf(least);
  }

  private boolean isRefusedAtTheDoor(String route, String database, String secret) {
    String path =
        route
            .substring(route.indexOf(' ') + 1)
            .replace("{pool}", pool)
            .replace("{account}", pool)
            .replace("{tenant}", "acme")
            .replace("{database}", database)
            .replace("{node}", "no-node")
            .replace("/**", "/none")
            .replaceAll("\\{[a-z0-9]+}", UUID.randomUUID().toString());
    String body =
        path.endsWith("/graphql")
            ? "{\"operationName\":\"x\",\"variables\":{\"accountTag\":\"%s\"}}".formatted(pool)
            : "{";
    String method = route.substring(0, route.indexOf(' '));
    Answer answer =
        Api.send(api(secret).request(path).method(method, BodyPublishers.ofString(body)));
    if (secret.isEmpty()) {
      return answer.status() == 401;
    }
    String said = answer.response().body();
    return answer.status() == 403
        && (said.contains("\"forbidden\"") || said.contains("\"code\":10000"));
  }

  @Test
  void everyRouteIsInTheTable() {
    Set<String> asked = new TreeSet<>(NEEDED.keySet());

    assertThat(asked).containsExactlyInAnyOrderElementsOf(routes());
  }

  @Test
  void everyRouteThatTakesATokenSaysWhatItAsks() {
    Set<String> asked = new TreeSet<>();
    Routes.ALL.forEach(route -> asked.add(route.method() + " " + route.path()));
    Set<String> wanted = new TreeSet<>(NEEDED.keySet());
    wanted.removeIf(route -> List.of("open", "node").contains(NEEDED.get(route)));
    wanted.removeIf(route -> route.endsWith("/error") || route.endsWith(".yaml"));

    assertThat(asked).isEqualTo(wanted);
  }

  @Test
  void eachTokenOpensWhatItIsForAndNothingElse() {
    String other = pool + "-other";
    createPool();
    api.post("/v1/pools", "{\"name\":\"%s\"}".formatted(other));
    String database = create("acme").text("database");
    create("globex");
    api.post("/v1/pools/%s/tenants".formatted(other), "{\"id\":\"acme\"}");
    List<Holder> holders = holders(other);
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, String> route : NEEDED.entrySet()) {
      for (String named :
          route.getKey().contains("{database}") ? List.of("acme", database) : List.of("acme")) {
        for (Holder holder : holders) {
          boolean allowed = isAllowed(route.getValue(), route.getKey(), holder, pool);
          if (allowed == isRefusedAtTheDoor(route.getKey(), named, holder.secret())) {
            wrong.add("%s (%s): %s %s".formatted(route.getKey(), named, holder, allowed));
          }
        }
        // What is behind an open door may refuse: signed links do.
        boolean open = route.getValue().equals("open");
        if (!open && !isRefusedAtTheDoor(route.getKey(), named, "")) {
          wrong.add(route.getKey() + " without a token");
        }
      }
    }

    assertThat(wrong).isEmpty();
  }

  @Test
  void whatATokenDoesNotReachLooksTheSameWhetherItIsThereOrNot() {
    createPool();
    create("acme");
    create("globex");
    String tenant = holder("tenant", pool, "acme", "admin").secret();
    String whole = holder("pool", pool, "", "admin").secret();

    for (String path : List.of(tenants() + "/globex", tenants() + "/nobody", "/v1/pools/none")) {
      Answer refused = api(tenant).get(path);
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text("detail")).isEqualTo("this token does not reach this path");
    }
    assertThat(api(whole).get("/v1/pools/node-a").code()).isEqualTo("forbidden");
    String databases = "/client/v4/accounts/%s/d1/database/".formatted(pool);
    assertThat(api(tenant).get(databases + "globex").response().body())
        .isEqualTo(api(tenant).get(databases + UUID.randomUUID()).response().body())
        .isEqualTo(api(tenant).get(databases + "nobody").response().body());
  }

  @Test
  void listsShowWhatTheTokenReachesAndNothingElse() {
    createPool();
    create("acme");
    create("globex");
    Holder whole = holder("pool", pool, "", "read");
    Holder tenant = holder("tenant", pool, "acme", "read");

    assertThat(api(whole.secret()).get("/v1/pools").json().path("pools")).hasSize(1);
    for (Holder holder : List.of(whole, tenant)) {
      for (String list : List.of("/client/v4/accounts", "/client/v4/memberships")) {
        Answer answer = api(holder.secret()).get(list);
        assertThat(answer.json().path("result")).hasSize(1);
        assertThat(answer.json().at("/result/0/id").asString()).isEqualTo(pool);
        assertThat(answer.json().at("/result_info/total_count").asInt()).isEqualTo(1);
      }
    }
    String databases = "/client/v4/accounts/%s/d1/database".formatted(pool);
    assertThat(api(whole.secret()).get(databases).json().path("result")).hasSize(2);
    Answer own = api(tenant.secret()).get(databases);
    assertThat(own.json().at("/result/0/name").asString()).isEqualTo("acme");
    assertThat(own.json().path("result")).hasSize(1);
    assertThat(api(tenant.secret()).get(databases + "?page=2&per_page=10").json().path("result"))
        .isEmpty();
    assertThat(api(tenant.secret()).get(databases + "?name=globex").json().path("result"))
        .isEmpty();
    assertThat(api(tenant.secret()).get(databases + "?name=acm").json().path("result")).hasSize(1);
  }

  @Test
  void figuresAreToldOfWhatTheTokenReaches() {
    createPool();
    String own = create("acme").text("database");
    String others = create("globex").text("database");
    String tenant = holder("tenant", pool, "acme", "read").secret();
    String whole = holder("pool", pool, "", "read").secret();

    assertThat(figures(tenant, pool, own)).isEqualTo(200);
    assertThat(figures(tenant, pool, others)).isEqualTo(403);
    assertThat(figures(tenant, pool, "acme")).isEqualTo(403); // a name says no single database
    assertThat(figures(tenant, pool, "")).isEqualTo(403);
    assertThat(figures(whole, pool, "")).isEqualTo(200);
    assertThat(figures(whole, "node-a", "")).isEqualTo(403);
  }

  private int figures(String token, String account, String database) {
    Map<String, Object> variables =
        Map.of("accountTag", account, "filter", Map.of("databaseId", database));
    Map<String, Object> body =
        Map.of("operationName", "getD1QueriesOverviewQuery", "variables", variables);
    return api(token).post("/client/v4/graphql", Json.mapper().writeValueAsString(body)).status();
  }

  @Test
  void noPathGoesAroundTheDoor() {
    createPool();
    create("acme");
    String tenant = holder("tenant", pool, "acme", "admin").secret();

    for (String path :
        List.of(
            tenants() + "/acme/../globex",
            tenants() + "/acme/%2e%2e/globex",
            tenants() + "/acme;/../globex",
            tenants() + "/acme%2F..%2Fglobex",
            tenants() + "/acme/",
            tenants() + "//acme",
            tenants() + "/globex;acme",
            tenants() + "/ACME",
            "/v1/pools/" + pool + ";x=/tenants",
            "/v1/pools/" + pool + "/tenants/acme/../")) {
      Answer answer =
          Api.send(
              java.net.http.HttpRequest.newBuilder(java.net.URI.create(api.base() + path))
                  .header("Authorization", "Bearer " + tenant)
                  .GET());
      assertThat(answer.status()).as(path).isIn(400, 403, 404);
    }
    assertThat(api(tenant).get(tenants() + "/%61cme").status()).isEqualTo(200);
  }

  @Test
  void whoAsksIsToldToCloudflaresToolsByItsToken() {
    createPool();
    Holder whole = holder("pool", pool, "", "read");

    assertThat(
            api(whole.secret())
                .get("/client/v4/user/tokens/verify")
                .json()
                .at("/result/id")
                .asString())
        .startsWith("token-");
    assertThat(api.get("/client/v4/user").json().at("/result/id").asString()).isEqualTo("admin");
  }
}
