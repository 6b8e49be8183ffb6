package dev.burgage.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.burgage.protocol.Revision;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdministrationTest {
  private static final String REVISION = new Revision(12, 3).toString();
  private static final String OLDER = new Revision(11, 9).toString();

  private final StubServer server = new StubServer();
  private final Burgage burgage = Burgage.connect(server.url(), "t");

  @AfterEach
  void close() {
    burgage.close();
    server.close();
  }

  private static String tenant(String id) {
    return """
    {"pool":"shop","id":"%s","database":"8c9a3b9e-7f0e-4d57-9b9a-0c8f0b7a1c11","engine":"sqlite",\
    "node":"n1","nodeUrl":"http://127.0.0.1:8788","generation":1,"version":2,"state":"active",\
    "schemaVersion":"1","labels":{"plan":"free"},\
    "limits":{"sizeBytesMax":1000000,"statementMillisMax":1000},\
    "createdAt":"2026-11-21T22:00:00.123Z","updatedAt":"2026-11-21T22:00:01Z",\
    "revision":"%s","somethingNew":true}\
    """
        .formatted(id, REVISION);
  }

  @Test
  void createdTenantIsReadWhole() {
    server.then(201, tenant("acme"), Map.of("Burgage-Revision", REVISION));
    Tenant acme = burgage.tenants("shop").create("acme", Map.of("plan", "free"));
    assertThat(server.last().method() + " " + server.last().uri())
        .isEqualTo("POST /v1/pools/shop/tenants");
    assertThat(server.last().body()).isEqualTo("{\"id\":\"acme\",\"labels\":{\"plan\":\"free\"}}");
    assertThat(acme.state()).isEqualTo(TenantState.ACTIVE);
    assertThat(acme.nodeUrl()).isEqualTo(URI.create("http://127.0.0.1:8788"));
    assertThat(acme.createdAt()).isEqualTo(Instant.parse("2026-11-21T22:00:00.123Z"));
    assertThat(acme.limits()).isEqualTo(new Limits(1_000_000, 1_000));
    assertThat(acme.purgeAt()).isNull();
    assertThat(acme.revision()).hasToString(REVISION);
  }

  @Test
  void queryAfterProvisioningCarriesTheNewestRevision() {
    server
        .then(201, tenant("acme"), Map.of("Burgage-Revision", REVISION))
        .then(200, tenant("acme"), Map.of("Burgage-Revision", OLDER))
        .thenRows("[]", "[]");
    burgage.tenants("shop").create("acme");
    burgage.tenants("shop").get("acme");
    burgage.pool("shop").get("acme").prepare("x").run();
    assertThat(server.last().header("Burgage-Revision")).isEqualTo(REVISION);
    assertThat(burgage.revision()).hasToString(REVISION);
  }

  @Test
  void revisionOfAnotherProcessIsCarriedToo() {
    server.thenRows("[]", "[]");
    burgage.seen(Revision.parse(REVISION));
    burgage.seen(Revision.parse(OLDER));
    burgage.pool("shop").get("acme").prepare("x").run();
    assertThat(server.last().header("Burgage-Revision")).isEqualTo(REVISION);
  }

  @Test
  void queriesMayGoElsewhereThanAdministration() {
    try (StubServer node = new StubServer();
        Burgage both = Burgage.builder(server.url(), "t").queryUrl(node.url()).build()) {
      server.then(201, tenant("acme"), Map.of("Burgage-Revision", REVISION));
      node.thenRows("[]", "[]");
      both.tenants("shop").create("acme");
      both.pool("shop").get("acme").prepare("x").run();
      assertThat(node.last().header("Burgage-Revision")).isEqualTo(REVISION);
      assertThat(server.requests).hasSize(1);
    }
  }

  @Test
  void problemBecomesItsCodeAndText() {
    server.then(
        409, "{\"status\":409,\"code\":\"conflict\",\"detail\":\"labels differ\",\"title\":\"x\"}");
    assertThatThrownBy(() -> burgage.tenants("shop").create("acme"))
        .isInstanceOfSatisfying(
            BurgageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
        .hasMessage("labels differ");
  }

  @Test
  void onlyAnUnknownTenantIsNotFound() {
    server
        .then(404, "{\"code\":\"unknown_tenant\",\"detail\":\"no\"}")
        .then(404, "{\"code\":\"unknown_pool\",\"detail\":\"no such pool\"}")
        .then(200, tenant("acme"));
    assertThat(burgage.tenants("shop").find("acme")).isEmpty();
    assertThatThrownBy(() -> burgage.tenants("shop").find("acme")).hasMessage("no such pool");
    assertThat(burgage.tenants("shop").find("acme")).isPresent();
  }

  @Test
  void listFetchesAPageWhenItGetsThere() {
    server.then(200, "{\"tenants\":[" + tenant("a") + "," + tenant("b") + "],\"next\":\"more\"}");
    TenantFilter filter =
        TenantFilter.ALL
            .withPrefix("a&b")
            .withLabel("plan", "fr ee")
            .withState(TenantState.ACTIVE)
            .withPageSize(2);
    assertThat(burgage.tenants("shop").list(filter).map(Tenant::id).limit(2))
        .containsExactly("a", "b");
    assertThat(server.requests).hasSize(1);
    assertThat(server.last().uri())
        .isEqualTo("/v1/pools/shop/tenants?limit=2&prefix=a%26b&label=plan%3Afr%20ee&state=active");
  }

  @Test
  void listGoesThroughEmptyPagesToTheEnd() {
    server
        .then(200, "{\"tenants\":[" + tenant("a") + "],\"next\":\"a+/=\"}")
        .then(200, "{\"tenants\":[],\"next\":\"c\"}")
        .then(200, "{\"tenants\":[" + tenant("d") + "],\"next\":null}");
    assertThat(burgage.tenants("shop").list().map(Tenant::id)).containsExactly("a", "d");
    assertThat(server.requests.stream().map(StubServer.Request::uri))
        .containsExactly(
            "/v1/pools/shop/tenants?limit=1000",
            "/v1/pools/shop/tenants?limit=1000&cursor=a%2B%2F%3D",
            "/v1/pools/shop/tenants?limit=1000&cursor=c");
  }

  @Test
  void everyVerbOfATenantHasItsRequest() {
    for (int i = 0; i < 6; i++) {
      server.then(200, tenant("acme"));
    }
    Tenants tenants = burgage.tenants("shop");
    tenants.suspend("acme");
    tenants.resume("acme");
    tenants.delete("acme");
    tenants.undelete("acme");
    tenants.label("acme", Map.of("k", "v"));
    tenants.limit("acme", new Limits(1_000_000, 5));
    assertThat(server.requests.stream().map(r -> r.method() + " " + r.uri() + " " + r.body()))
        .containsExactly(
            "POST /v1/pools/shop/tenants/acme/suspend ",
            "POST /v1/pools/shop/tenants/acme/resume ",
            "DELETE /v1/pools/shop/tenants/acme ",
            "POST /v1/pools/shop/tenants/acme/undelete ",
            "PATCH /v1/pools/shop/tenants/acme {\"labels\":{\"k\":\"v\"}}",
            "PATCH /v1/pools/shop/tenants/acme"
                + " {\"limits\":{\"sizeBytesMax\":1000000,\"statementMillisMax\":5}}");
  }

  @Test
  void poolsAreMadeReadAndRemoved() {
    server.then(201, "{\"name\":\"shop\",\"engine\":\"sqlite\"}").then(204, "");
    assertThat(burgage.pools().create("shop").schemaVersion()).isNull();
    assertThat(server.last().body()).isEqualTo("{\"name\":\"shop\"}");
    burgage.pools().delete("shop");
    assertThat(server.last().method() + " " + server.last().uri())
        .isEqualTo("DELETE /v1/pools/shop");
  }

  @Test
  void folderOfMigrationsIsRegisteredByFileName(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("V2__b.sql"), "SELECT 2;");
    Files.writeString(folder.resolve("V1__ä.sql"), "SELECT 'ä';");
    Files.writeString(folder.resolve("README.md"), "no migration");
    server.then(
        200,
        """
        {"migrations":[{"version":"1","description":"a","script":"V1__a.sql","checksum":-5,\
        "registeredAt":"2026-11-21T22:00:00Z","appliedAt":null}],"schemaVersion":"1"}\
        """);
    assertThat(burgage.migrations("shop").register(folder))
        .extracting(Migration::version, Migration::checksum, Migration::appliedAt)
        .containsExactly(tuple("1", -5, null));
    assertThat(server.last().body())
        .isEqualTo(
            "{\"migrations\":[{\"name\":\"V1__ä.sql\",\"sql\":\"SELECT 'ä';\"},"
                + "{\"name\":\"V2__b.sql\",\"sql\":\"SELECT 2;\"}]}");
  }

  private static String rollout(String state, int pending, int failed) {
    return """
    {"id":"r1","pool":"shop","version":"2","state":"%s",\
    "counts":{"pending":%d,"applied":1,"upToDate":0,"failed":%d},\
    "startedAt":"2026-11-21T22:00:00Z","finishedAt":null,"tenantsPerSecond":12.5}\
    """
        .formatted(state, pending, failed);
  }

  @Test
  void rolloutIsAwaitedToItsEnd() {
    server
        .then(202, rollout("planned", 2, 0))
        .then(200, rollout("running", 1, 0))
        .then(200, rollout("finished", 0, 1));
    Rollouts rollouts = burgage.rollouts("shop");
    Rollout rollout = rollouts.await(rollouts.start("2").id(), Duration.ofMinutes(1));
    assertThat(server.requests.getFirst().body())
        .satisfiesAnyOf(
            body -> assertThat(body).isEqualTo("{\"start\":true,\"version\":\"2\"}"),
            body -> assertThat(body).isEqualTo("{\"version\":\"2\",\"start\":true}"));
    assertThat(rollout.isFinished()).isTrue();
    assertThat(rollout.succeeded()).isFalse();
    assertThat(rollout.counts()).isEqualTo(new Rollout.Counts(0, 1, 0, 1));
  }

  @Test
  void planIsLookedAtAndStarted() {
    String planned =
        """
        {"id":"r1","pool":"shop","version":"2","state":"planned","plan":"p1",\
        "counts":{"pending":1,"applied":0,"upToDate":0,"failed":0,"dormant":2,"written":3},\
        "findings":[{"rule":"drop-table","level":"warning","script":"V2__x.sql","line":1,\
        "statement":1,"message":"gone","tables":["t"]}],"tenantsPerSecond":0.0}\
        """;
    server.then(201, planned).then(200, rollout("running", 1, 0));
    Rollouts rollouts = burgage.rollouts("shop");
    Rollout plan = rollouts.plan(Map.of("version", "2"));
    assertThat(plan.findings())
        .containsExactly(new Rollout.Finding("drop-table", "warning", "V2__x.sql", 1, "gone"));
    assertThat(plan.counts().dormant()).isEqualTo(2);
    assertThat(plan.counts().written()).isEqualTo(3);
    rollouts.startWithWarnings(plan);
    assertThat(server.last().uri()).isEqualTo("/v1/pools/shop/rollouts/r1/start");
    assertThat(server.last().body()).contains("\"plan\":\"p1\"", "\"acceptWarnings\":true");
  }

  @Test
  void everyVerbOfARolloutHasItsRequest() {
    for (int i = 0; i < 10; i++) {
      server.then(200, rollout("running", 1, 0));
    }
    Rollouts rollouts = burgage.rollouts("shop");
    rollouts.pause("r1");
    rollouts.resume("r1");
    rollouts.abort("r1", false);
    rollouts.undo("r1");
    rollouts.retry("r1");
    rollouts.retry("r1", List.of("a"));
    rollouts.retryCause("r1", "c");
    rollouts.exclude("r1", List.of("a"));
    rollouts.markApplied("r1", List.of("a"));
    rollouts.approve("r1", 0);
    String at = "/v1/pools/shop/rollouts/r1/";
    assertThat(server.requests.stream().map(r -> r.uri() + " " + r.body()))
        .containsExactly(
            at + "pause {}",
            at + "resume {}",
            at + "abort {\"undo\":false}",
            at + "undo {}",
            at + "retry {}",
            at + "retry {\"tenants\":[\"a\"]}",
            at + "retry {\"cause\":\"c\"}",
            at + "exclude {\"tenants\":[\"a\"]}",
            at + "mark-applied {\"tenants\":[\"a\"]}",
            at + "approve {\"wave\":0}");
  }

  @Test
  void waitForARolloutEndsInTime() {
    server.then(200, rollout("running", 1, 0));
    assertThat(burgage.rollouts("shop").await("r1", Duration.ZERO).isFinished()).isFalse();
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void failedTargetsSayWhy() {
    server.then(
        200,
        """
        {"targets":[{"tenant":"acme","state":"failed","fromVersion":"1","toVersion":"1",\
        "error":"V2__x.sql: table t already exists","durationMillis":3,"attempts":1},\
        {"tenant":"b","state":"pending","fromVersion":null,"toVersion":null,"error":null}],\
        "next":null}\
        """);
    assertThat(burgage.rollouts("shop").targets("r1", "failed").map(RolloutTarget::error))
        .containsExactly("V2__x.sql: table t already exists", null);
    assertThat(server.last().uri())
        .isEqualTo("/v1/pools/shop/rollouts/r1/targets?limit=1000&state=failed");
  }

  @Test
  void answerThatIsNoTenantIsNamed() {
    server.then(200, "[]");
    assertThatThrownBy(() -> burgage.tenants("shop").get("acme"))
        .isInstanceOf(BurgageException.class)
        .hasMessageContaining("something that is no Tenant");
  }
}
