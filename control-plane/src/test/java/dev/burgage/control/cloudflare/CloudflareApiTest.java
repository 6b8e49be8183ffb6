package dev.burgage.control.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api;
import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeHistory;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.error.ErrorCode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class CloudflareApiTest extends ControlPlaneTest {
  @Autowired private JdbcClient jdbc;

  @BeforeEach
  void pool() {
    createPool();
  }

  private String databases() {
    return "/client/v4/accounts/" + pool + "/d1/database";
  }

  private Answer make(String name) {
    return api.post(databases(), "{\"name\":\"%s\"}".formatted(name));
  }

  private static int code(Answer answer) {
    assertThat(answer.json().path("success").asBoolean(true)).isFalse();
    assertThat(answer.json().path("result").isNull()).isTrue();
    assertThat(answer.header("content-type")).startsWith("application/json");
    return answer.json().path("errors").path(0).path("code").asInt();
  }

  private List<String> names(String query) {
    var names = new ArrayList<String>();
    api.get(databases() + query)
        .json()
        .path("result")
        .forEach(row -> names.add(row.path("name").asString()));
    return names;
  }

  @Test
  void aDatabaseIsATenantOfTheAccountsPool() {
    Answer made = make("acme");

    assertThat(made.status()).isEqualTo(200);
    var database = made.json().path("result");
    assertThat(database.path("name").asString()).isEqualTo("acme");
    assertThat(database.path("version").asString()).isEqualTo("production");
    assertThat(database.path("jurisdiction").isNull()).isTrue();
    assertThat(api.get(tenants() + "/acme").text("database"))
        .isEqualTo(database.path("uuid").asString());
    assertThat(code(make("acme"))).isEqualTo(7502);
  }

  @Test
  void aDatabaseIsFoundByIdAndByNameInItsOwnAccountOnly() {
    String id = make("acme").json().path("result").path("uuid").asString();
    String other = "other-" + pool;
    api.post("/v1/pools", "{\"name\":\"%s\"}".formatted(other));

    assertThat(api.get(databases() + "/" + id).json().path("result").path("name").asString())
        .isEqualTo("acme");
    for (String fields : List.of("?fields=uuid%2Cname", "?fields=uuid&fields=name")) {
      var some = api.get(databases() + "/acme" + fields).json().path("result");
      assertThat(some.size()).isEqualTo(2);
      assertThat(some.path("uuid").asString()).isEqualTo(id);
    }
    Answer foreign = api.get("/client/v4/accounts/" + other + "/d1/database/" + id);
    assertThat(foreign.status()).isEqualTo(404);
    assertThat(code(foreign)).isEqualTo(7404);
  }

  @Test
  void whatIsSaidOfADatabaseIsAnsweredAsItWasSaid() {
    api.post(
        databases(),
        "{\"name\":\"acme\",\"jurisdiction\":\"eu\",\"primary_location_hint\":\"weur\"}");
    Answer set =
        Api.send(
            api.request(databases() + "/acme")
                .PUT(BodyPublishers.ofString("{\"read_replication\":{\"mode\":\"auto\"}}")));
    assertThat(set.status()).isEqualTo(200);
    api.patch(databases() + "/acme", "{}");

    var database = api.get(databases() + "/acme").json().path("result");
    assertThat(database.path("read_replication").path("mode").asString()).isEqualTo("auto");
    assertThat(database.path("jurisdiction").asString()).isEqualTo("eu");
    assertThat(code(api.patch(databases() + "/acme", "{\"read_replication\":{\"mode\":\"x\"}}")))
        .isEqualTo(7400);
  }

  @Test
  void aSettingGoesWithItsDatabase() {
    api.post(databases(), "{\"name\":\"acme\",\"jurisdiction\":\"eu\"}");
    String id = api.get(tenants() + "/acme").text("database");
    assertThat(settings(id)).isEqualTo(1);

    jdbc.sql("delete from binding where pool = ?").param(pool).update();

    assertThat(settings(id)).isZero();
  }

  private long settings(String database) {
    return jdbc.sql("select count(*) from database_setting where database_id = cast(? as uuid)")
        .param(database)
        .query(Long.class)
        .single();
  }

  @Test
  void aDeletedDatabaseIsGoneAndItsNameIsFree() {
    String old = make("acme").json().path("result").path("uuid").asString();

    assertThat(api.delete(databases() + "/acme").json().path("success").asBoolean()).isTrue();

    assertThat(code(api.get(databases() + "/acme"))).isEqualTo(7404);
    assertThat(names("")).isEmpty();
    Answer again = make("acme");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().path("result").path("uuid").asString()).isNotEqualTo(old);
    assertThat(code(api.get(databases() + "/" + old))).isEqualTo(7404);
    assertThat(names("")).containsExactly("acme");
  }

  @Test
  void aDeletedDatabaseWhoseNameIsTakenAgainCanStillBeBroughtBack() {
    String old = make("acme").json().path("result").path("uuid").asString();
    api.delete(databases() + "/acme");
    String purgeAt = api.get(tenants() + "/acme").text("purgeAt");
    String now = make("acme").json().path("result").path("uuid").asString();

    String aside = "acme.deleted-" + old.substring(0, 8);
    assertThat(api.get(tenants() + "/" + aside).text("purgeAt")).isEqualTo(purgeAt);
    Answer back = api.post(tenants() + "/" + aside + "/undelete", "");

    assertThat(back.text("state")).isEqualTo("active");
    assertThat(back.text("database")).isEqualTo(old);
    Binding served = node(back.text("node")).binding(pool, aside);
    assertThat(Objects.requireNonNull(served).database()).hasToString(old);
    assertThat(api.get(tenants() + "/acme").text("database")).isEqualTo(now);
    assertThat(names("")).containsExactly("acme", aside);
  }

  @Test
  void aNameMayBeMadeAndDeletedAgainAndAgain() {
    for (int i = 0; i < 4; i++) {
      Answer made = make("acme");
      String database = made.json().path("result").path("uuid").asString();
      Answer there = api.get(tenants() + "/acme");
      assertThat(there.text("database")).isEqualTo(database);
      Binding served = node(there.text("node")).binding(pool, "acme");
      assertThat(Objects.requireNonNull(served).database()).hasToString(database);
      api.delete(databases() + "/acme");
    }

    assertThat(api.get(tenants() + "?state=deleted").json().path("tenants").size()).isEqualTo(4);
  }

  @Test
  void aNameThatNoTenantCanHaveStandsForOneThatCan() {
    String shadow = "_prisma_shadow_d5ae5bd7-9bd8-4f41-a5a4-3b9ac5a2a39e";

    Answer made = make(shadow);

    assertThat(made.json().path("result").path("name").asString()).isEqualTo(shadow);
    assertThat(api.get(tenants() + "/d1." + shadow).text("database"))
        .isEqualTo(made.json().path("result").path("uuid").asString());
    assertThat(code(make(shadow))).isEqualTo(7502);
    make("a" + shadow);
    assertThat(names("?name=" + shadow)).containsExactly(shadow, "a" + shadow);
    assertThat(names("")).containsExactlyInAnyOrder(shadow, "a" + shadow);
    assertThat(api.get(databases() + "/" + shadow).status()).isEqualTo(200);
    assertThat(api.delete(databases() + "/" + shadow).status()).isEqualTo(200);
    assertThat(code(api.get(databases() + "/" + shadow))).isEqualTo(7404);
    assertThat(code(make("-x"))).isEqualTo(7400);
  }

  @Test
  void pagesHaveEveryDatabaseOnceInOrderAndTheTotal() {
    for (int i = 0; i < 23; i++) {
      insert("db-%02d".formatted(i));
    }

    var all = new ArrayList<String>();
    for (int page = 1; page <= 4; page++) {
      all.addAll(names("?per_page=10&page=" + page));
    }
    assertThat(all).hasSize(23).isSorted().doesNotHaveDuplicates();
    var info = api.get(databases() + "?per_page=10&page=3").json().path("result_info");
    assertThat(info.path("count").asInt()).isEqualTo(3);
    assertThat(info.path("total_count").asInt()).isEqualTo(23);
    assertThat(code(api.get(databases() + "?page=0"))).isEqualTo(7400);
  }

  @Test
  void theDatabaseThatIsNamedComesFirst() {
    insert("a-shop");
    insert("shop");
    insert("shop-2");

    assertThat(names("?name=shop")).containsExactly("shop", "a-shop", "shop-2");
    assertThat(names("?name=none")).isEmpty();
    assertThat(names("?name=shop&per_page=2&page=2")).containsExactly("shop-2");
    for (int page = 1; page <= 3; page++) {
      var info = api.get(databases() + "?name=shop&per_page=2&page=" + page).json();
      assertThat(info.path("result_info").path("total_count").asInt()).isEqualTo(3);
    }
  }

  @Test
  void aPageFarBehindIsTheRightOneFromEitherWay() {
    jdbc.sql(
            """
            insert into binding (pool, tenant, database_id, engine, node, generation, version, state, template,
              labels, size_bytes_max, statement_millis_max, request_sha256, created_at, updated_at)
            select ?, 'db-' || lpad(i::text, 6, '0'), gen_random_uuid(), 'sqlite', 'node-a', 1, 1, 'active', '',
              '{}', 1000000, 1000, '', now(), now() from generate_series(0, 9999) i
            """)
        .param(pool)
        .update();

    // The first is found by counting, the others after the page before.
    for (int page = 500; page < 520; page++) {
      assertThat(names("?per_page=10&page=" + page))
          .first()
          .isEqualTo("db-%06d".formatted((page - 1) * 10));
    }
    assertThat(names("?per_page=10&page=1001")).isEmpty();
    jdbc.sql("delete from binding where pool = ?").param(pool).update();
  }

  private void insert(String tenant) {
    jdbc.sql(
            """
            insert into binding (pool, tenant, database_id, engine, node, generation, version, state, template,
              labels, size_bytes_max, statement_millis_max, request_sha256, created_at, updated_at)
            values (?, ?, gen_random_uuid(), 'sqlite', 'node-a', 1, 1, 'active', '', '{}', 1000000, 1000, '',
              now(), now())
            """)
        .params(pool, tenant)
        .update();
  }

  @Test
  void statementsGoToTheNodeAndComeBackInAnEnvelope() {
    make("acme");
    String body = "{\"batch\":[{\"sql\":\"select 1.0\"}]}";

    Answer answer = api.post(databases() + "/acme/query", body);

    // The fake node gives back what it was sent.
    assertThat(answer.response().body())
        .isEqualTo("{\"result\":" + body + ",\"success\":true,\"errors\":[],\"messages\":[]}");
    assertThat(api.post(databases() + "/acme/raw", body).status()).isEqualTo(200);
  }

  @Test
  void aStatementThatMayHaveRunIsNotToBeRepeated() {
    make("acme");

    Answer failed = api.post(databases() + "/acme/query", "{\"sql\":\"bad\"}");

    assertThat(failed.status()).isGreaterThanOrEqualTo(400);
    assertThat(failed.header("x-should-retry")).isEqualTo("false");
    assertThat(code(failed)).isEqualTo(7500);
  }

  @Test
  void everyRefusalIsAnEnvelope() {
    assertThat(code(api("").get(databases()))).isEqualTo(10000);
    assertThat(code(api("wrong").get("/client/v4/user"))).isEqualTo(10000);
    assertThat(api("").get(databases()).status()).isEqualTo(401);
    Answer unknown = api.get("/client/v4/nothing/here");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(code(unknown)).isEqualTo(7003);
    Answer method = api.delete(databases());
    assertThat(method.status()).isEqualTo(405);
    assertThat(code(method)).isEqualTo(7000);
    Answer account = api.get("/client/v4/accounts/none-of-these/d1/database");
    assertThat(account.status()).isEqualTo(403);
    assertThat(code(account)).isEqualTo(7403);
    assertThat(code(api.get("/client/v4/accounts/-a/d1/database"))).isEqualTo(7003);
    assertThat(code(api.post(databases(), "{"))).isEqualTo(7400);
    assertThat(code(api.post(databases(), "null"))).isEqualTo(7400);
    assertThat(code(api.post(databases(), "{\"name\":\"a b\"}"))).isEqualTo(7400);
    Answer tooLarge = api.post(databases(), "\"" + "a".repeat(1_100_000) + "\"");
    assertThat(tooLarge.status()).isEqualTo(413);
    assertThat(code(tooLarge)).isEqualTo(7400);
  }

  @Test
  void aGlobalKeyIsAToken() {
    HttpRequest.Builder withKey =
        api("")
            .request("/client/v4/user/tokens/verify")
            .header("X-Auth-Key", TOKEN)
            .header("X-Auth-Email", "a@example.com");

    assertThat(Api.send(withKey.GET()).json().path("result").path("status").asString())
        .isEqualTo("active");
    assertThat(Api.send(api("").request("/v1/pools").header("X-Auth-Key", TOKEN).GET()).status())
        .isEqualTo(401);
  }

  @Test
  void poolsAreTheAccountsOfTheOneUser() {
    assertThat(api.get("/client/v4/user").json().path("result").path("id").asString())
        .isEqualTo("admin");
    var accounts = new ArrayList<String>();
    api.get("/client/v4/accounts?per_page=1000")
        .json()
        .path("result")
        .forEach(account -> accounts.add(account.path("id").asString()));
    assertThat(accounts).contains(pool);
    var memberships = new ArrayList<String>();
    api.get("/client/v4/memberships?per_page=1000")
        .json()
        .path("result")
        .forEach(row -> memberships.add(row.path("account").path("id").asString()));
    assertThat(memberships).contains(pool);
  }

  @Test
  void timeTravelIsAnsweredByTheNodesHistory() {
    make("acme");
    String travel = databases() + "/acme/time_travel/";

    assertThat(api.get(travel + "bookmark").json().path("result").path("bookmark").asString())
        .isEqualTo(FakeHistory.NOW);
    assertThat(
            api.get(travel + "bookmark?timestamp=2026-11-22T13:00:00Z")
                .json()
                .path("result")
                .path("bookmark")
                .asString())
        .isEqualTo(FakeHistory.THEN);
    var restored =
        api.post(travel + "restore?bookmark=" + FakeHistory.THEN, "").json().path("result");
    assertThat(restored.path("previous_bookmark").asString()).isEqualTo(FakeHistory.NOW);
    assertThat(restored.path("bookmark").asString()).isGreaterThan(FakeHistory.NOW);
    assertThat(restored.path("message").asString()).contains("undo");
    assertThat(code(api.post(travel + "restore", ""))).isEqualTo(7400);
    assertThat(code(api.get(travel + "bookmark?timestamp=yesterday"))).isEqualTo(7400);
  }

  @Test
  void aRefusalOfAMomentIsNotToBeRepeatedByTheSdk() {
    make("acme");
    nodes().forEach(node -> node.history().refuse(ErrorCode.FOREIGN_BOOKMARK));
    try {
      Answer refused =
          api.post(databases() + "/acme/time_travel/restore?bookmark=" + FakeHistory.THEN, "");
      assertThat(refused.status()).isEqualTo(400);
      assertThat(code(refused)).isEqualTo(7400);
    } finally {
      nodes().forEach(node -> node.history().refuse(null));
    }
  }
}
