package dev.burgage.control.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.node.ApplyOutcomes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/// Plans, waves, gates and verbs over the API; slices are run by hand.
final class WavesTest extends RolloutFixture {
  private static final MigrationFile DROPS =
      new MigrationFile("V9__drop.sql", "DROP TABLE customer;");

  @Autowired private RehearsalRun rehearsals;
  @Autowired private RolloutRows rows;
  @Autowired private TargetPages pages;
  @Autowired private RolloutViews views;
  @Autowired private RolloutSettings settings;

  @Test
  void planSaysWhatWillHappenAndChangesNothing() {
    tenants(10);
    register(TWO);

    JsonNode plan =
        rollout(
            plan(
                """
                {"canary":{"tenants":["t0","t1"]},"waves":[{"count":3,"soak":"PT5M"},{"percent":20}],
                 "gate":{"failuresMax":1}}
                """));

    assertThat(plan.path("state").asString()).isEqualTo("planned");
    assertThat(plan.path("plan").asString()).hasSize(32);
    assertThat(pending(plan)).containsExactly(2L, 3L, 2L, 3L);
    assertThat(plan.path("waves").path(1).path("soak").asString()).isEqualTo("PT5M");
    assertThat(plan.path("waves").path(3).path("gate").path("failuresMax").asInt()).isEqualTo(1);
    assertThat(versionInFile("t0")).isEqualTo("1");
    assertThat(register(new MigrationFile("V2__name.sql", "SELECT 2")).status()).isEqualTo(200);
  }

  @Test
  void onlyThePlanThatWasLookedAtIsStarted() throws InterruptedException {
    tenants(3);
    register(TWO);
    String id = plan("{}");
    String plan = rollout(id).path("plan").asString();

    Api.Answer other = say(id, "start", "{\"plan\":\"other\"}");
    assertThat(other.code()).isEqualTo("conflict");
    assertThat(other.text("detail")).contains("look at the plan");
    assertThat(say(id, "start", "{}").code()).isEqualTo("invalid_request");

    register(new MigrationFile("V2__name.sql", "CREATE TABLE other (a)"));
    assertThat(say(id, "start", planned(plan)).text("detail")).contains("has changed since");
    register(TWO);
    assertThat(say(id, "start", planned(plan)).text("state")).isEqualTo("running");
    assertThat(say(id, "start", planned(plan)).status()).isEqualTo(200);
    run(id);
    assertThat(stateOf(id)).isEqualTo("finished");
    assertThat(events(id))
        .containsExactly("planned", "started", "poolMoved", "waveOpened", "waveEnded", "finished");
  }

  @Test
  void brokenGateHaltsWithTheReasonAndRetryGoesOn() throws InterruptedException {
    tenants(8);
    register(TWO);
    poison("t0");
    poison("t1");
    String id =
        start("{\"canary\":{\"tenants\":[\"t0\",\"t1\",\"t2\"],\"gate\":{\"failuresMax\":1}}}");
    run(id);

    JsonNode halted = rollout(id);
    assertThat(halted.path("state").asString()).isEqualTo("halted");
    assertThat(halted.path("why").asString())
        .isEqualTo(
            "wave 0 halted: 2 of 3 tenants failed, at most 1 may; most by: "
                + halted.path("causes").path(0).path("cause").asString());
    assertThat(halted.path("causes").path(0).path("targets").asInt()).isEqualTo(2);
    assertThat(halted.path("causes").path(0).path("cause").asString()).contains("duplicate column");
    assertThat(versionInFile("t7")).isEqualTo("1");
    assertThat(say(id, "pause", "").text("detail")).contains("resume, retry or abort");

    mend("t0");
    mend("t1");
    assertThat(say(id, "retry", "").text("state")).isEqualTo("running");
    run(id);

    assertThat(stateOf(id)).isEqualTo("finished");
    assertThat(targets(id).values()).containsOnly("applied");
    assertThat(target(id, "t2").path("attempts").asInt()).isEqualTo(1);
    assertThat(events(id)).contains("halted", "retried");
  }

  @Test
  void resumeOverridesABrokenGateAndSaysSo() throws InterruptedException {
    tenants(3);
    register(TWO);
    poison("t0");
    String id = start("{\"canary\":{\"tenants\":[\"t0\"]}}");
    run(id);
    assertThat(stateOf(id)).isEqualTo("halted");

    assertThat(say(id, "resume", "").text("state")).isEqualTo("running");
    run(id);

    assertThat(stateOf(id)).isEqualTo("finished");
    assertThat(rollout(id).path("waves").path(0).path("overridden").asBoolean()).isTrue();
    assertThat(targets(id)).containsEntry("t0", "failed").containsEntry("t2", "applied");
    String detail =
        jdbc.sql(
                "select actor || detail::text from rollout_event where type = 'resumed'"
                    + " and rollout = cast(? as uuid)")
            .param(id)
            .query(String.class)
            .single();
    assertThat(detail).startsWith("admin").contains("\"overriddenWaves\": [0]", "at most 0 may");
  }

  @Test
  void gateIsLookedAtInTheMiddleOfAWave() throws InterruptedException {
    tenants(120);
    register(TWO);
    for (int i = 0; i < 120; i++) {
      poison("t" + i);
    }
    String id = start("{\"gate\":{\"failuresMax\":3}}");
    run(id);

    JsonNode halted = rollout(id);
    assertThat(halted.path("state").asString()).isEqualTo("halted");
    assertThat(halted.path("counts").path("failed").asInt()).isBetween(4, 100);
    assertThat(halted.path("counts").path("pending").asInt()).isPositive();
  }

  @Test
  void pausedRolloutOrdersNothing() throws InterruptedException {
    tenants(3);
    register(TWO);
    String id = start("");
    assertThat(say(id, "pause", "").text("state")).isEqualTo("paused");
    assertThat(say(id, "pause", "").status()).isEqualTo(200);
    run(id);
    assertThat(rollout(id).path("counts").path("pending").asInt()).isEqualTo(3);

    say(id, "resume", "");
    run(id);
    assertThat(stateOf(id)).isEqualTo("finished");
  }

  @Test
  void waveWaitsForApprovalAndSoak() throws InterruptedException {
    tenants(4);
    register(TWO);
    String id =
        start(
            "{\"waves\":[{\"count\":1,\"gate\":{\"approval\":true}},{\"count\":1,\"soak\":\"PT1H\"}]}");
    run(id);
    assertThat(rollout(id).path("phase").asString()).isEqualTo("approval");
    assertThat(rollout(id).path("counts").path("applied").asInt()).isEqualTo(1);
    assertThat(say(id, "approve", "{\"wave\":1}").text("detail")).contains("needs no approval");

    assertThat(say(id, "approve", "{\"wave\":0}").status()).isEqualTo(200);
    assertThat(say(id, "approve", "{\"wave\":0}").status()).isEqualTo(200);
    Instant next = run.slice(UUID.fromString(id), () -> false).orElseThrow();
    assertThat(next).isAfter(Instant.now().plusSeconds(3000));
    assertThat(rollout(id).path("phase").asString()).isEqualTo("soak");
    assertThat(rollout(id).path("counts").path("applied").asInt()).isEqualTo(2);

    jdbc.sql("update rollout_wave set soak_millis = 0 where rollout = cast(? as uuid)")
        .param(id)
        .update();
    run(id);
    assertThat(stateOf(id)).isEqualTo("finished");
  }

  @Test
  void excludedTenantsAreLeftWhereTheyAre() throws InterruptedException {
    tenants(3);
    register(TWO);
    String id = start("");
    JsonNode excluded = say(id, "exclude", "{\"tenants\":[\"t1\"]}").json();
    assertThat(excluded.path("counts").path("excluded").asInt()).isEqualTo(1);
    run(id);

    assertThat(stateOf(id)).isEqualTo("finished");
    assertThat(versionInFile("t1")).isEqualTo("1");
  }

  @Test
  void markedTenantIsNotMigratedAgain() throws InterruptedException {
    tenants(2);
    register(TWO);
    poison("t0");
    String id = start("");
    run(id);
    assertThat(target(id, "t0").path("state").asString()).isEqualTo("failed");

    assertThat(
            say(id, "mark-applied", "{\"tenants\":[\"t0\"]}")
                .json()
                .path("counts")
                .path("failed")
                .asInt())
        .isZero();
    register(THREE);
    String next = start("");
    run(next);

    assertThat(targets(next)).containsEntry("t0", "applied");
    assertThat(versionInFile("t0")).isEqualTo("3");
  }

  @Test
  void newTenantsComeAtTheVersionOfTheLastWave() throws InterruptedException {
    tenants(3);
    register(TWO);
    String id = start("{\"canary\":{\"tenants\":[\"t0\"],\"gate\":{\"approval\":true}}}");
    run(id);
    assertThat(create("early").text("schemaVersion")).isEqualTo("1");

    say(id, "approve", "{\"wave\":0}");
    nodes().forEach(node -> node.databases().shut());
    CompletableFuture<Void> slice = CompletableFuture.runAsync(() -> runQuietly(id));
    await(
        "the last wave is open",
        () -> rollout(id).path("waves").path(1).path("state").asString().equals("open"));
    assertThat(create("late").text("schemaVersion")).isEqualTo("2");
    nodes().forEach(node -> node.databases().open());
    slice.join();

    assertThat(stateOf(id)).isEqualTo("finished");
    assertThat(targets(id)).containsEntry("early", "applied").doesNotContainKey("late");
    assertThat(versionInFile("early")).isEqualTo("2");
    assertThat(api.get("/v1/pools/" + pool + "/migrations").text("schemaVersion")).isEqualTo("2");
  }

  @Test
  void rolloutOfASelectionMovesNobodyElse() throws InterruptedException {
    tenants(2);
    api.post(tenants(), "{\"id\":\"gold\",\"labels\":{\"plan\":\"gold\"}}");
    register(TWO);
    String id = start("{\"select\":{\"labels\":{\"plan\":\"gold\"}}}");
    run(id);

    assertThat(targets(id)).containsOnlyKeys("gold");
    assertThat(versionInFile("t0")).isEqualTo("1");
    assertThat(create("fresh").text("schemaVersion")).isEqualTo("1");
  }

  @Test
  void dormantTenantsWaitForTheirUseOrTheTrickle() throws InterruptedException {
    tenants(4);
    register(TWO);
    for (String idle : List.of("t0", "t1", "t2")) {
      owner(idle).databases().idle(database(idle));
    }
    String id = start("{\"dormantAfter\":\"P7D\"}");
    run.slice(UUID.fromString(id), () -> false);
    jdbc.sql("update rollout set paced_until = null where id = cast(? as uuid)").param(id).update();
    String other = UUID.randomUUID().toString();
    assertThat(owner("t0").tellWoken(other, new ApplyOutcomes(List.of()))).isEqualTo(404);
    run(id);

    assertThat(stateOf(id)).isEqualTo("finished");
    assertThat(targets(id).values()).containsOnly("applied");
  }

  @Test
  void nodeTellsWhatBecameOfADormantTenantThatWasUsed() throws InterruptedException {
    tenants(2);
    register(TWO);
    owner("t0").databases().idle(database("t0"));
    String id =
        start(
            "{\"dormantAfter\":\"P7D\",\"waves\":[{\"percent\":100,\"gate\":{\"approval\":true}}]}");
    run(id);
    assertThat(target(id, "t0").path("state").asString()).isEqualTo("dormant");
    assertThat(rollout(id).path("counts").path("dormant").asInt()).isEqualTo(1);

    var woken = new ApplyOutcomes(List.of(owner("t0").databases().wake(database("t0"))));
    assertThat(owner("t0").tellWoken(id, woken)).isEqualTo(204);
    assertThat(owner("t0").tellWoken(id, woken)).isEqualTo(204);

    assertThat(target(id, "t0").path("state").asString()).isEqualTo("applied");
    assertThat(rollout(id).path("counts").path("dormant").asInt()).isZero();
    assertThat(rollout(id).path("counts").path("applied").asInt()).isEqualTo(2);
    assertThat(api.get(tenants() + "/t0").text("schemaVersion")).isEqualTo("2");
  }

  @Test
  void undoPutsBackWhatNobodyHasWrittenToAndListsTheRest() throws InterruptedException {
    tenants(3);
    register(TWO);
    String id = start("");
    run(id);
    create("born");
    owner("t1").databases().run(database("t1"), "INSERT INTO customer(name) VALUES ('x')");

    assertThat(say(id, "undo", "").text("state")).isEqualTo("undoing");
    run(id);

    assertThat(stateOf(id)).isEqualTo("undone");
    assertThat(targets(id))
        .containsEntry("t0", "undone")
        .containsEntry("t1", "written")
        .containsEntry("born", "notKept");
    assertThat(versionInFile("t0")).isEqualTo("1");
    assertThat(api.get(tenants() + "/t0").text("schemaVersion")).isEqualTo("1");
    assertThat(api.get(tenants() + "/t1").text("schemaVersion")).isEqualTo("2");
    assertThat(create("after").text("schemaVersion")).isEqualTo("1");
    assertThat(say(id, "undo", "").status()).isEqualTo(200);
  }

  @Test
  void driftIsToldOfTheVersionThatUndoPutBack() throws InterruptedException {
    tenants(2);
    register(TWO);
    owner("t0").databases().run(database("t0"), "CREATE TABLE extra(a)");
    String id = start("");
    run(id);
    assertThat(drifts()).containsExactly(Map.entry("t0", "2"));
    jdbc.sql(
            "insert into schema_drift select pool, 't1', cast(? as uuid), found_at, version,"
                + " fingerprint, expected, differences from schema_drift where pool = ?")
        .params(database("t1").value(), pool)
        .update(); // as if somebody had changed it after the rollout

    say(id, "undo", "");
    run(id);

    assertThat(drifts()).containsExactly(Map.entry("t0", "1"));
  }

  private Map<String, String> drifts() {
    return jdbc.sql("select tenant, version from schema_drift where pool = ?")
        .param(pool)
        .query(rows -> {
          Map<String, String> found = new HashMap<>();
          while (rows.next()) {
            found.put(rows.getString(1), rows.getString(2));
          }
          return found;
        });
  }

  @Test
  void withoutCopiesThereIsNoUndo() throws InterruptedException {
    tenants(1);
    register(TWO);
    String id = start("{\"undoFor\":\"PT0S\"}");
    run(id);

    assertThat(say(id, "undo", "").text("detail")).contains("cannot be undone");
  }

  @Test
  void abortedRolloutForgetsDormantTenantsAndKeepsTheRest() throws InterruptedException {
    tenants(2);
    register(TWO);
    owner("t0").databases().idle(database("t0"));
    String id =
        start(
            "{\"dormantAfter\":\"P7D\",\"waves\":[{\"percent\":100,\"gate\":{\"approval\":true}}]}");
    run(id);

    assertThat(say(id, "abort", "").text("state")).isEqualTo("aborting");
    assertThat(say(id, "undo", "").text("detail")).contains("being aborted");
    assertThat(api.post(rollouts(), STARTED).status()).isEqualTo(409);
    run(id);

    assertThat(stateOf(id)).isEqualTo("aborted");
    assertThat(targets(id)).containsEntry("t0", "undone").containsEntry("t1", "applied");
    assertThat(say(id, "abort", "").status()).isEqualTo(200);
    assertThat(say(id, "resume", "").text("detail")).contains("plan another rollout");
  }

  @Test
  void rehearsalRunsOnCopiesAndTouchesNoOriginal() {
    tenants(4);
    register(TWO);
    poison("t1");
    String id = plan("{}");

    Api.Answer begun =
        say(id, "rehearsals", "{\"tenants\":[\"t1\"],\"largest\":1,\"oldest\":1,\"random\":1}");
    assertThat(begun.status()).as(begun.response().body()).isEqualTo(202);
    UUID rehearsal = UUID.fromString(begun.text("id"));
    for (int i = 0; i < 10 && rehearsals.step(rehearsal).isPresent(); i++) {
      assertThat(i).isLessThan(9);
    }

    JsonNode done =
        api.get(rollouts() + "/" + id + "/rehearsals").json().path("rehearsals").path(0);
    assertThat(done.path("state").asString()).isEqualTo("finished");
    assertThat(done.path("succeeded").asBoolean()).isFalse();
    assertThat(done.path("sampled").asInt()).isEqualTo(4);
    for (JsonNode copy : done.path("copies")) {
      boolean isPoisoned = copy.path("tenant").asString().equals("t1");
      assertThat(copy.path("state").asString()).isEqualTo(isPoisoned ? "failed" : "applied");
      assertThat(copy.path("sizeBytesBefore").asLong()).isPositive();
      assertThat(versionInFile(copy.path("tenant").asString())).isEqualTo("1");
    }
    assertThat(events(id)).containsExactly("planned", "rehearsing", "rehearsed");
    assertThat(say(id, "rehearsals", "{\"random\":101}").code()).isEqualTo("invalid_request");
  }

  @Test
  void rateIsKeptAlsoByTheNextRunner() throws InterruptedException {
    tenants(4);
    register(TWO);
    String id = start("{\"tenantsPerSecondMax\":0.001}");
    Instant next = run.slice(UUID.fromString(id), () -> false).orElseThrow();

    assertThat(rollout(id).path("counts").path("applied").asInt()).isEqualTo(1);
    assertThat(next).isAfter(Instant.now().plusSeconds(500));
    assertThat(run.slice(UUID.fromString(id), () -> false)).hasValue(next);
    assertThat(rollout(id).path("counts").path("applied").asInt()).isEqualTo(1);
  }

  @Test
  void takeoverIsWrittenDown() throws InterruptedException {
    tenants(1);
    register(TWO);
    String id = start("");
    jdbc.sql("update rollout set runner = 'dead', runner_busy = true where id = cast(? as uuid)")
        .param(id)
        .update();
    run(id);

    assertThat(events(id)).contains("takenOver");
  }

  @Test
  void eventsAreFollowedAndResumed() throws InterruptedException {
    tenants(2);
    register(TWO);
    String id = start("");
    CompletableFuture<String> stream =
        CompletableFuture.supplyAsync(
            () -> api.get(rollouts() + "/" + id + "/events").response().body());
    run(id);
    String all = stream.join();

    List<String> ids = new ArrayList<>();
    all.lines().filter(line -> line.startsWith("id: ")).forEach(ids::add);
    assertThat(ids).hasSize(events(id).size()).first().isEqualTo("id: 1");
    assertThat(all).contains("event: planned", "event: finished", "event: progress", "event: end");
    var rest =
        Api.send(api.request(rollouts() + "/" + id + "/events").header("Last-Event-ID", "4").GET());
    assertThat(rest.response().body())
        .startsWith("retry: ")
        .contains("id: 5")
        .doesNotContain("id: 4\n");
    assertThat(api.get(rollouts() + "/" + id + "/events?after=x").code())
        .isEqualTo("invalid_request");
  }

  @Test
  void haltedRolloutLooksTheSameWheneverItIsAskedFor() throws InterruptedException {
    tenants(3);
    register(TWO);
    poison("t0");
    String id = start("{\"canary\":{\"tenants\":[\"t0\",\"t1\"],\"gate\":{\"failuresMax\":0}}}");
    run(id);
    assertThat(stateOf(id)).isEqualTo("halted");
    RolloutRow row = rows.find(UUID.fromString(id)).orElseThrow();
    var running =
        new RolloutRunning(
            settings,
            Clock.offset(Clock.systemUTC(), Duration.ofSeconds(20)),
            new SimpleMeterRegistry());

    assertThat(new RolloutViews(rows, pages, running).brief(row)).isEqualTo(views.brief(row));
  }

  @Test
  void requestsThatMakeNoSenseAreRefused() {
    register(TWO);
    for (String bad :
        List.of(
            "{\"waves\":[{}]}",
            "{\"waves\":[{\"count\":1,\"percent\":1}]}",
            "{\"canary\":{\"percent\":0}}",
            "{\"gate\":{\"failuresMax\":-1}}",
            "{\"tenantsPerSecondMax\":0}",
            "{\"parallelPerNode\":9}",
            "{\"dormantAfter\":\"soon\"}",
            "{\"invariants\":[{\"name\":\"x\"}]}")) {
      assertThat(api.post(rollouts(), bad).code()).as(bad).isEqualTo("invalid_request");
    }
    for (int i = 0; i < 10; i++) {
      plan("{}");
    }
    assertThat(api.post(rollouts(), "{}").text("detail")).contains("start or abort one");
    assertThat(say(UUID.randomUUID().toString(), "pause", "").code()).isEqualTo("not_found");
  }

  @Test
  void rolloutTellsWhoseSchemaIsNotTheVersions() throws InterruptedException {
    tenants(2);
    register(TWO);
    owner("t0").databases().run(database("t0"), "CREATE TABLE mine (a)");
    run(start(""));
    JsonNode drifted = api.get("/v1/pools/" + pool + "/drift").json().path("drifted");
    assertThat(drifted.size()).isEqualTo(1);
    assertThat(drifted.path(0).path("tenant").asString()).isEqualTo("t0");
    assertThat(drifted.path(0).path("version").asString()).isEqualTo("2");

    owner("t0").databases().run(database("t0"), "DROP TABLE mine");
    register(THREE);
    run(start(""));
    assertThat(api.get("/v1/pools/" + pool + "/drift").json().path("drifted").size()).isZero();
  }

  @Test
  void warningsAreAcceptedByWhoeverStarts() {
    tenants(2);
    register(TWO, DROPS);
    Api.Answer planned = api.post(rollouts(), "{}");
    assertThat(planned.json().path("findings").valueStream().map(f -> f.path("rule").asString()))
        .contains("drop-table");
    String id = planned.text("id");
    String plan = planned.text("plan");

    Api.Answer refused = say(id, "start", planned(plan));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail")).contains("V9__drop.sql", "\"acceptWarnings\": true");
    assertThat(stateOf(id)).isEqualTo("planned");

    String accepted = "{\"plan\":\"%s\",\"acceptWarnings\":true}".formatted(plan);
    assertThat(say(id, "start", accepted).text("state")).isEqualTo("running");
    assertThat(rollout(id).path("findings").isEmpty()).isFalse();
  }

  @Test
  void warningsKeepAPipelineFromStartingUnlessItAcceptsThem() throws InterruptedException {
    tenants(2);
    register(TWO, DROPS);

    Api.Answer refused = api.post(rollouts(), STARTED);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail")).contains("V9__drop.sql");
    String kept = api.get(rollouts()).json().path("rollouts").path(0).path("state").asString();
    assertThat(kept).isEqualTo("planned");

    String id = start("{\"acceptWarnings\":true}");
    run(id);
    assertThat(stateOf(id)).isEqualTo("finished");
    assertThat(
            jdbc.sql(
                    "select detail::text from rollout_event where type = 'started' and rollout ="
                        + " cast(? as uuid)")
                .param(id)
                .query(String.class)
                .single())
        .contains("acceptedWarnings");
  }

  @Test
  void errorsCannotBeAccepted() {
    tenants(2);
    register(TWO, new MigrationFile("V9__due.sql", "ALTER TABLE customer ADD COLUMN d NOT NULL;"));

    Api.Answer refused = api.post(rollouts(), "{\"start\":true,\"acceptWarnings\":true}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail")).contains("V9__due.sql", "register it mended");
  }

  @Test
  void whatTenantsHaveAlreadyIsNotLookedAt() throws InterruptedException {
    tenants(2);
    register(TWO, DROPS);
    run(start("{\"acceptWarnings\":true}"));
    register(new MigrationFile("V10__more.sql", "CREATE TABLE more (a);"));

    String id = start("");

    assertThat(rollout(id).path("findings").isEmpty()).isTrue();
  }

  @Test
  void versionsThatSomeTenantsHaveAreEachABeginning() throws InterruptedException {
    tenants(2);
    register(TWO, new MigrationFile("V3__temp.sql", "CREATE TABLE temporary_x (a);"));
    run(start("{\"select\":{\"tenants\":[\"t0\"]}}"));
    register(new MigrationFile("V9__drop.sql", "DROP TABLE temporary_x;"));

    // To t1, at version 1, the table comes and goes; t0 loses what is in it.
    assertThat(api.post(rollouts(), STARTED).status()).isEqualTo(409);
  }

  private void runQuietly(String id) {
    try {
      run(id);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tenants(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(create("t" + i).status()).isEqualTo(201);
    }
  }

  private void poison(String tenant) {
    owner(tenant).databases().run(database(tenant), "ALTER TABLE customer ADD COLUMN name");
  }

  private void mend(String tenant) {
    owner(tenant).databases().run(database(tenant), "ALTER TABLE customer DROP COLUMN name");
  }

  private static String planned(String plan) {
    return "{\"plan\":\"%s\"}".formatted(plan);
  }

  private static List<Long> pending(JsonNode rollout) {
    return rollout
        .path("waves")
        .valueStream()
        .map(wave -> wave.path("counts").path("pending").asLong())
        .toList();
  }
}
