package dev.burgage.control.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeNode;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/// Schemas of real files that somebody changes by hand.
final class DriftTest extends ControlPlaneTest {
  private static final MigrationFile ONE =
      new MigrationFile(
          "V1__init.sql",
          "CREATE TABLE customer (id INTEGER PRIMARY KEY); CREATE TABLE note (text TEXT);");
  private static final MigrationFile TWO =
      new MigrationFile("V2__name.sql", "ALTER TABLE customer ADD COLUMN name TEXT;");

  @Autowired private SchemaCheck check;
  @Autowired private Drifts drifts;
  @Autowired private JdbcClient jdbc;

  @BeforeEach
  void makePool() {
    assertThat(createPool().status()).isEqualTo(201);
  }

  @Test
  void checkFindsWhoDiffersAndNamesTheObjects() {
    register(ONE);
    tenants("acme", "same");
    run("acme", "ALTER TABLE customer ADD COLUMN hacked");
    run("acme", "CREATE INDEX mine ON customer (id)");
    run("acme", "DROP TABLE note");
    assertThat(drifted()).isEmpty();

    assertThat(check("acme", "same")).isEqualTo(2);

    JsonNode found = report().path("drifted").path(0);
    assertThat(drifted()).containsExactly("acme");
    assertThat(found.path("version").asString()).isEqualTo("1");
    assertThat(found.path("fingerprint").asString())
        .isNotEqualTo(found.path("expectedFingerprint").asString());
    assertThat(
            found
                .path("differences")
                .valueStream()
                .map(d ->
                    "%s %s %s"
                        .formatted(
                            d.path("kind").asString(),
                            d.path("expected").path("name").asString("-"),
                            d.path("actual").path("name").asString("-"))))
        .containsExactlyInAnyOrder(
            "different customer customer", "missing note -", "unexpected - mine");
    assertThat(report().path("schemas").valueStream().map(s -> s.path("expected").asBoolean()))
        .containsExactlyInAnyOrder(true, false);
  }

  @Test
  void samplerComesByEverybody() {
    register(ONE);
    tenants("acme", "initech", "umbrella");
    run("initech", "DROP TABLE note");

    sampleAll();

    assertThat(drifted()).containsExactly("initech");
  }

  @Test
  void mendedTenantDisappears() {
    register(ONE);
    tenants("acme");
    run("acme", "CREATE TABLE mine (a)");
    check("acme");
    assertThat(drifted()).containsExactly("acme");

    run("acme", "DROP TABLE mine");
    check("acme");

    assertThat(drifted()).isEmpty();
    assertThat(report().path("schemas").path(0).path("expected").asBoolean()).isTrue();
  }

  @Test
  void anotherDatabaseOfTheTenantInheritsNothing() {
    register(ONE);
    tenants("acme");
    run("acme", "CREATE TABLE mine (a)");
    check("acme");

    jdbc.sql("update binding set database_id = gen_random_uuid() where pool = ?")
        .param(pool)
        .update();

    assertThat(drifted()).isEmpty();
    drifts.forgetGone();
    assertThat(
            jdbc.sql("select count(*) from schema_drift where pool = ?")
                .param(pool)
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void poolWithoutMigrationsNeverDrifts() {
    tenants("acme");
    run("acme", "CREATE TABLE mine (a)");

    check("acme");

    assertThat(drifted()).isEmpty();
  }

  @Test
  void tenantBroughtForwardByHandHasItsVersionMended() {
    register(ONE);
    tenants("acme");
    register(ONE, TWO);
    bring("acme", ONE, TWO);
    assertThat(schemaVersion("acme")).isEqualTo("1");

    check("acme");

    assertThat(schemaVersion("acme")).isEqualTo("2");
    assertThat(drifted()).isEmpty();
  }

  @Test
  void nothingIsTouchedWhileARolloutRuns() {
    register(ONE);
    tenants("acme", "initech");
    run("initech", "CREATE TABLE mine (a)");
    register(ONE, TWO);
    bring("acme", ONE, TWO);
    assertThat(api.post("/v1/pools/" + pool + "/rollouts", "{\"start\":true}").status())
        .isEqualTo(202);

    check("acme", "initech");

    assertThat(schemaVersion("acme")).isEqualTo("1");
    assertThat(drifted()).isEmpty();
  }

  @Test
  void answerAboutATenantThatWasChangedMeanwhileIsNotRecorded() {
    register(ONE);
    tenants("acme");
    run("acme", "CREATE TABLE mine (a)");
    FakeNode owner = owner("acme");
    owner.databases().shut();
    Thread look = Thread.startVirtualThread(() -> check("acme"));
    await("the node is asked", owner.databases()::hasWaiting);

    jdbc.sql("update binding set version = version + 1 where pool = ?").param(pool).update();
    owner.databases().open();
    await("the look is over", () -> !look.isAlive());

    assertThat(drifted()).isEmpty();
  }

  @Test
  void newTenantIsKnownWithoutALook() {
    register(ONE);
    tenants("acme");

    String fingerprint = report().path("schemas").path(0).path("fingerprint").asString("");
    assertThat(fingerprint).isNotEmpty();
    check("acme");
    assertThat(report().path("schemas").path(0).path("fingerprint").asString())
        .isEqualTo(fingerprint);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThat(api.post(drift() + "/checks", "{\"tenants\":[]}").code())
        .isEqualTo("invalid_request");
    assertThat(api.get(drift() + "?limit=0").code()).isEqualTo("invalid_request");
    assertThat(api.get("/v1/pools/none/drift").code()).isEqualTo("unknown_pool");
  }

  // All pools of the test's database are in one key order; two rounds come by everybody.
  private void sampleAll() {
    int rounds =
        2 + 2 * jdbc.sql("select count(*) from binding").query(Integer.class).single() / 500;
    for (int i = 0; i < rounds; i++) {
      check.sample(500);
    }
  }

  private void register(MigrationFile... files) {
    String body = Json.mapper().writeValueAsString(Map.of("migrations", List.of(files)));
    assertThat(api.post("/v1/pools/" + pool + "/migrations", body).status()).isEqualTo(200);
  }

  private void tenants(String... names) {
    for (String name : names) {
      assertThat(create(name).status()).isEqualTo(201);
    }
  }

  private int check(String... names) {
    String body = Json.mapper().writeValueAsString(Map.of("tenants", List.of(names)));
    return api.post(drift() + "/checks", body).json().path("checked").asInt();
  }

  private String drift() {
    return "/v1/pools/" + pool + "/drift";
  }

  private JsonNode report() {
    return api.get(drift()).json();
  }

  private List<String> drifted() {
    return report().path("drifted").valueStream().map(t -> t.path("tenant").asString()).toList();
  }

  private String schemaVersion(String tenant) {
    return api.get(tenants() + "/" + tenant).text("schemaVersion");
  }

  private FakeNode owner(String tenant) {
    return node(api.get(tenants() + "/" + tenant).text("node"));
  }

  private DatabaseId database(String tenant) {
    return DatabaseId.parse(api.get(tenants() + "/" + tenant).text("database"));
  }

  private void run(String tenant, String sql) {
    owner(tenant).databases().run(database(tenant), sql);
  }

  private void bring(String tenant, MigrationFile... files) {
    owner(tenant)
        .databases()
        .bring(database(tenant), new MigrationSetReader().read(List.of(files)));
  }
}
