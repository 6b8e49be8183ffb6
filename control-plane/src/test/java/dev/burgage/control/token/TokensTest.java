package dev.burgage.control.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeNode;
import dev.burgage.control.access.TokenDigest;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.TokenGrant;
import dev.burgage.protocol.binding.TokenRight;
import dev.burgage.protocol.binding.TokenScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class TokensTest extends ControlPlaneTest {
  @Autowired private JdbcClient jdbc;
  @Autowired private DataSource dataSource;

  @BeforeEach
  @AfterEach
  void withdrawAll() {
    jdbc.sql("delete from token").update();
  }

  private Answer make(String rest) {
    return api.post("/v1/tokens", "{" + rest.replace("POOL", pool) + "}");
  }

  private Answer makeOfPool() {
    return make("\"scope\":\"pool\",\"pool\":\"POOL\",\"right\":\"write\"");
  }

  private Answer makeOfTenant(String tenant) {
    return make(
        "\"scope\":\"tenant\",\"pool\":\"POOL\",\"tenant\":\"%s\",\"right\":\"read\""
            .formatted(tenant));
  }

  private static boolean knows(FakeNode node, String secret) {
    String digest = TokenDigest.of(secret).hex();
    return node.tokens().tokens().stream().anyMatch(grant -> grant.sha256().equals(digest));
  }

  private long size() {
    return jdbc.sql("select size from token_list").query(Long.class).single();
  }

  @Test
  void aTokenIsShownOnceAndOnlyItsDigestIsKept() {
    createPool();
    create("acme");
    Answer made =
        make(
            "\"scope\":\"tenant\",\"pool\":\"POOL\",\"tenant\":\"acme\",\"right\":\"read\","
                + "\"description\":\" for reports \",\"expiresAt\":\"2120-01-01T00:00:00Z\"");
    String secret = made.text("token");

    assertThat(made.status()).isEqualTo(201);
    assertThat(secret).matches("bgt\\.[A-Za-z0-9_-]{43}");
    assertThat(made.header("Location")).isEqualTo("/v1/tokens/" + made.text("id"));
    Answer got = api.get("/v1/tokens/" + made.text("id"));
    assertThat(got.json().has("token")).isFalse();
    assertThat(got.text("scope")).isEqualTo("tenant");
    assertThat(got.text("pool")).isEqualTo(pool);
    assertThat(got.text("tenant")).isEqualTo("acme");
    assertThat(got.text("right")).isEqualTo("read");
    assertThat(got.text("description")).isEqualTo("for reports");
    assertThat(got.text("expiresAt")).isEqualTo("2120-01-01T00:00:00Z");
    assertThat(jdbc.sql("select sha256 from token").query(String.class).list())
        .containsExactly(TokenDigest.of(secret).hex());
    assertThat(jdbc.sql("select token::text from token").query(String.class).single())
        .doesNotContain(secret);
  }

  @Test
  void whenATokenIsMadeTheNodesTakeItAndWhenItIsWithdrawnTheyRefuseIt() {
    createPool();
    create("acme");
    Answer made = makeOfTenant("acme");
    String secret = made.text("token");

    var grant =
        new TokenGrant(
            TokenDigest.of(secret).hex(),
            new TokenScope(new PoolName(pool), new TenantId("acme")),
            TokenRight.READ,
            null);
    nodes().forEach(node -> assertThat(node.tokens().tokens()).contains(grant));
    nodes().forEach(node -> assertThat(knows(node, TOKEN)).isTrue());
    assertThat(api(secret).get(tenants() + "/acme").status()).isEqualTo(200);

    assertThat(api.delete("/v1/tokens/" + made.text("id")).status()).isEqualTo(204);
    nodes().forEach(node -> assertThat(knows(node, secret)).isFalse());
    assertThat(api(secret).get(tenants() + "/acme").status()).isEqualTo(401);
    assertThat(api.delete("/v1/tokens/" + made.text("id")).code()).isEqualTo("not_found");
    assertThat(api.get("/v1/tokens/" + made.text("id")).code()).isEqualTo("not_found");
  }

  @Test
  void aNodeThatWasAwayHearsOfWhatWasMadeAndWithdrawn() {
    createPool();
    String early = makeOfPool().text("token");
    String id = makeOfPool().text("id");
    try (FakeNode late = joined("late-" + pool)) {
      await("it knows the first", () -> knows(late, early));
      late.cut();
      api.delete("/v1/tokens/" + id);
      String then = makeOfPool().text("token");
      await("it knows the newest", () -> knows(late, then));
      assertThat(late.tokens().tokens()).hasSize(3);
    }
  }

  @Test
  void aNodeOfBeforeIsToldOnlyOfTokensThatItTreatsRight() {
    createPool();
    String all = make("\"scope\":\"fleet\",\"right\":\"write\"").text("token");
    String reading = make("\"scope\":\"fleet\",\"right\":\"read\"").text("token");
    String ofPool = makeOfPool().text("token");
    String nodeToken = api.post("/v1/nodes", "{\"name\":\"old-%s\"}".formatted(pool)).text("token");
    try (FakeNode old = new FakeNode("old-" + pool, nodeToken, api.base()).withoutScopes().join()) {
      await("it knows what it can", () -> knows(old, all));
      assertThat(knows(old, TOKEN)).isTrue();
      assertThat(knows(old, reading)).isFalse();
      assertThat(knows(old, ofPool)).isFalse();
    }
  }

  @Test
  void anExpiredTokenIsRefusedAndForgottenADayLater() {
    createPool();
    Answer made =
        make(
            "\"scope\":\"pool\",\"pool\":\"POOL\",\"right\":\"read\",\"expiresAt\":\"%s\""
                .formatted(Instant.now().plus(Duration.ofHours(1))));
    String secret = made.text("token");
    assertThat(api(secret).get("/v1/pools/" + pool).status()).isEqualTo(200);

    jdbc.sql("update token set expires_at = now() - interval '1 hour'").update();
    jdbc.sql("update token_list set edition = edition + 1").update();
    await("it is refused", () -> api(secret).get("/v1/pools/" + pool).status() == 401);
    makeOfPool();
    assertThat(api.get("/v1/tokens/" + made.text("id")).status()).isEqualTo(200);

    jdbc.sql("update token set expires_at = expires_at - interval '1 day'").update();
    makeOfPool();
    assertThat(api.get("/v1/tokens/" + made.text("id")).status()).isEqualTo(404);
    assertThat(size()).isEqualTo(2);
  }

  @Test
  void aTenantsTokensEndWithItAndOpenNothingOfTheNextOfItsName() {
    createPool();
    create("acme");
    create("globex");
    String purged = makeOfTenant("acme").text("token");
    String aside = makeOfTenant("globex").text("token");
    api.delete(tenants() + "/acme");
    api.delete(tenants() + "/globex");
    assertThat(api(purged).get(tenants() + "/acme").text("state")).isEqualTo("deleted");
    assertThat(size()).isEqualTo(2);

    jdbc.sql("update binding set state = 'purged' where pool = ? and tenant = 'acme'")
        .param(pool)
        .update();
    create("acme");
    // Cloudflare's way frees the name at once.
    Answer again =
        api.post("/client/v4/accounts/%s/d1/database".formatted(pool), "{\"name\":\"globex\"}");

    assertThat(again.status()).isEqualTo(200);
    assertThat(size()).isZero();
    await("it is refused", () -> api(purged).get(tenants() + "/acme").status() == 401);
    await("it is refused", () -> api(aside).get(tenants() + "/globex").status() == 401);
    nodes().forEach(node -> await("nodes refuse it", () -> !knows(node, purged)));
  }

  @Test
  void aTokenThatIsMadeWhileItsTenantGoesDoesNotComeToBe() throws Exception {
    createPool();
    create("acme");
    try (var going = dataSource.getConnection();
        var statement =
            going.prepareStatement(
                "update binding set state = 'purged' where pool = ? and tenant = 'acme'");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      going.setAutoCommit(false);
      statement.setString(1, pool);
      statement.executeUpdate();
      Future<Answer> making = threads.submit(() -> makeOfTenant("acme"));
      await("it waits", this::isInsertWaiting);
      going.commit();

      assertThat(making.get().code()).isEqualTo("unknown_tenant");
    }
    assertThat(size()).isZero();
  }

  private boolean isInsertWaiting() {
    return jdbc.sql(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query"
                    + " like 'insert into token %'")
            .query(Long.class)
            .single()
        > 0;
  }

  @Test
  void aPoolsTokensEndWithIt() {
    createPool();
    String secret = makeOfPool().text("token");
    api.delete("/v1/pools/" + pool);
    createPool();

    await("it is refused", () -> api(secret).get("/v1/pools/" + pool).status() == 401);
    assertThat(size()).isZero();
  }

  @Test
  void tokensAreListedByPages() {
    createPool();
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.add(makeOfPool().text("id"));
    }
    List<String> listed = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = api.get("/v1/tokens?limit=2" + cursor);
      page.json().path("tokens").forEach(token -> listed.add(token.path("id").asString()));
      assertThat(page.response().body()).doesNotContain("\"token\"", "sha256");
      cursor = page.json().path("next").isNull() ? "" : "&cursor=" + page.text("next");
    } while (!cursor.isEmpty());

    assertThat(listed).isEqualTo(made);
    assertThat(api.get("/v1/tokens?limit=0").code()).isEqualTo("invalid_request");
    assertThat(api.get("/v1/tokens?limit=1001").code()).isEqualTo("invalid_request");
    assertThat(api.get("/v1/tokens?cursor=x").code()).isEqualTo("invalid_request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"right\":\"read\"",
        "\"scope\":\"pool\",\"right\":\"read\"",
        "\"scope\":\"fleet\",\"right\":\"read\",\"pool\":\"POOL\"",
        "\"scope\":\"pool\",\"right\":\"read\",\"pool\":\"POOL\",\"tenant\":\"acme\"",
        "\"scope\":\"tenant\",\"right\":\"read\",\"pool\":\"POOL\"",
        "\"scope\":\"tenant\",\"right\":\"read\",\"tenant\":\"acme\"",
        "\"scope\":\"cell\",\"right\":\"read\"",
        "\"scope\":\"fleet\"",
        "\"scope\":\"fleet\",\"right\":\"all\"",
        "\"scope\":\"fleet\",\"right\":\"read\",\"expiresAt\":\"2020-01-01T00:00:00Z\"",
        "\"scope\":\"fleet\",\"right\":\"read\",\"expiresAt\":\"tomorrow\""
      })
  void aRequestThatDoesNotFitMakesNoToken(String request) {
    createPool();

    assertThat(make(request).code()).isEqualTo("invalid_request");
    assertThat(size()).isZero();
  }

  @Test
  void thereAreNoTokensOfWhatIsNotThere() {
    assertThat(makeOfPool().code()).isEqualTo("unknown_pool");
    createPool();
    assertThat(makeOfTenant("nobody").code()).isEqualTo("unknown_tenant");
    assertThat(
            make("\"scope\":\"fleet\",\"right\":\"read\",\"description\":\"%s\""
                    .formatted("x".repeat(201)))
                .code())
        .isEqualTo("invalid_request");
  }

  @Test
  void aCellHasABoundedNumberOfTokens() {
    createPool();
    jdbc.sql(
            """
            insert into token (id, sha256, pool, access_right, description, created_at)
            select gen_random_uuid(), encode(sha256(n::text::bytea), 'hex'), ?, 'read', '', now()
            from generate_series(1, ?) n
            """)
        .param(pool)
        .param(TokenGrant.MAX - 1)
        .update();
    String last = makeOfPool().text("token");
    Answer refused = makeOfPool();

    assertThat(refused.code()).isEqualTo("conflict");
    assertThat(refused.text("detail")).contains("at most 10000 tokens", "withdraw some");
    assertThat(size()).isEqualTo(TokenGrant.MAX);
    nodes()
        .forEach(node ->
            await("all of them arrive", () -> node.tokens().tokens().size() == TokenGrant.MAX + 1));
    assertThat(api(last).get("/v1/pools/" + pool).status()).isEqualTo(200);
    jdbc.sql("delete from token where id in (select id from token limit 1)").update();
    assertThat(makeOfPool().status()).isEqualTo(201);
  }

  @Test
  void anAdministratorOfTheFleetMakesTokensToo() {
    String secret = make("\"scope\":\"fleet\",\"right\":\"admin\"").text("token");

    Answer made = api(secret).post("/v1/tokens", "{\"scope\":\"fleet\",\"right\":\"read\"}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(api(made.text("token")).get("/v1/tokens").code()).isEqualTo("forbidden");
    assertThat(api(made.text("token")).get("/v1/nodes").status()).isEqualTo(200);
  }

  @Test
  void aQueryIsPassedOnWithItsCallersOwnToken() {
    createPool();
    create("acme");
    String secret = makeOfTenant("acme").text("token");

    Answer answer = api(secret).post(tenants() + "/acme/query", "{\"sql\":\"SELECT 1\"}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(api(secret).get("/v1/tokens/" + UUID.randomUUID()).code()).isEqualTo("forbidden");
  }
}
