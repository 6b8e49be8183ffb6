package dev.burgage.control.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeNode;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/// A pool at version 1, and what tests of rollouts ask about it.
abstract class RolloutFixture extends ControlPlaneTest {
  static final String STARTED = "{\"start\":true}";
  static final MigrationFile ONE =
      new MigrationFile("V1__init.sql", "CREATE TABLE customer (id INTEGER PRIMARY KEY);");
  static final MigrationFile TWO =
      new MigrationFile("V2__name.sql", "ALTER TABLE customer ADD COLUMN name TEXT;");
  static final MigrationFile THREE =
      new MigrationFile("V3__invoice.sql", "CREATE TABLE invoice (id INTEGER PRIMARY KEY);");

  @Autowired JdbcClient jdbc;
  @Autowired RolloutRun run;

  @BeforeEach
  void makePool() {
    assertThat(createPool().status()).isEqualTo(201);
    assertThat(register(ONE).status()).isEqualTo(200);
  }

  @AfterEach
  void openGates() {
    nodes().forEach(node -> node.databases().open());
    nodes().forEach(node -> node.databases().use());
  }

  Api.Answer register(MigrationFile... files) {
    return api.post(
        "/v1/pools/" + pool + "/migrations",
        Json.mapper().writeValueAsString(Map.of("migrations", List.of(files))));
  }

  String rollouts() {
    return "/v1/pools/" + pool + "/rollouts";
  }

  /// Plans and starts.
  String start(String body) {
    String options = body.isEmpty() ? "{}" : body;
    String request = options.equals("{}") ? STARTED : "{\"start\":true," + options.substring(1);
    Api.Answer answer = api.post(rollouts(), request);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(202);
    return answer.text("id");
  }

  /// Works at the rollout until it is over or somebody must say something.
  void run(String id) throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      if (run.slice(UUID.fromString(id), () -> false).isEmpty()) {
        return;
      }
      jdbc.sql("update rollout set not_before = null where id = cast(? as uuid)")
          .param(id)
          .update();
    }
    throw new AssertionError("rollout " + id + " does not come to rest");
  }

  String plan(String body) {
    Api.Answer answer = api.post(rollouts(), body);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.text("id");
  }

  Api.Answer say(String id, String verb, String body) {
    return api.post(rollouts() + "/" + id + "/" + verb, body);
  }

  JsonNode rollout(String id) {
    return api.get(rollouts() + "/" + id).json();
  }

  String stateOf(String id) {
    return rollout(id).path("state").asString();
  }

  List<String> events(String id) {
    return jdbc.sql("select type from rollout_event where rollout = cast(? as uuid) order by seq")
        .param(id)
        .query((row, number) -> row.getString(1))
        .list();
  }

  /// Makes what waits due at once.
  void due(String id) {
    jdbc.sql("update rollout_target set due_at = now() where rollout = cast(? as uuid)")
        .param(id)
        .update();
  }

  void state(String tenant, String state) {
    jdbc.sql("update binding set state = ?, version = version + 1 where pool = ? and tenant = ?")
        .params(state, pool, tenant)
        .update();
  }

  FakeNode owner(String tenant) {
    return node(api.get(tenants() + "/" + tenant).text("node"));
  }

  DatabaseId database(String tenant) {
    return DatabaseId.parse(api.get(tenants() + "/" + tenant).text("database"));
  }

  String versionInFile(String tenant) {
    return String.valueOf(owner(tenant).databases().version(database(tenant)));
  }

  Map<String, String> targets(String id) {
    Map<String, String> states = new TreeMap<>();
    for (JsonNode target : api.get(rollouts() + "/" + id + "/targets").json().path("targets")) {
      states.put(target.path("tenant").asString(), target.path("state").asString());
    }
    return states;
  }

  JsonNode target(String id, String tenant) {
    for (JsonNode target : api.get(rollouts() + "/" + id + "/targets").json().path("targets")) {
      if (target.path("tenant").asString().equals(tenant)) {
        return target;
      }
    }
    throw new AssertionError("no target " + tenant);
  }

  static Map<String, Long> counts(JsonNode rollout) {
    Map<String, Long> counts = new TreeMap<>();
    rollout.path("counts").forEachEntry((state, count) -> counts.put(state, count.asLong()));
    return counts;
  }

  static List<String> names(Api.Answer page) {
    return page.json().path("targets").valueStream().map(t -> t.path("tenant").asString()).toList();
  }
}
