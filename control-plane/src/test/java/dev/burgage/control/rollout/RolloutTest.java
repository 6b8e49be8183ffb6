package dev.burgage.control.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api;
import dev.burgage.control.FakeNode;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.node.ApplyOutcomes;
import dev.burgage.protocol.node.ApplyOutcomes.ApplyOutcome;
import dev.burgage.protocol.node.ApplyOutcomes.Result;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/// Slices are run here by hand, so that a test can look between them.
final class RolloutTest extends RolloutFixture {
  @Autowired private Targets targets;
  @Autowired private TargetOutcomes outcomes;

  @Test
  void everyTenantIsBroughtToTheNewestVersion() throws InterruptedException {
    List.of("a", "b", "c", "d", "e").forEach(this::create);
    register(TWO, THREE);

    Api.Answer started = api.post(rollouts(), STARTED);
    assertThat(started.status()).isEqualTo(202);
    assertThat(started.text("state")).isEqualTo("running");
    assertThat(started.text("version")).isEqualTo("3");
    assertThat(counts(started.json())).containsEntry("pending", 5L);
    finish(started.text("id"));

    JsonNode rollout = api.get(rollouts() + "/" + started.text("id")).json();
    assertThat(rollout.path("state").asString()).isEqualTo("finished");
    assertThat(rollout.path("succeeded").asBoolean()).isTrue();
    assertThat(counts(rollout)).containsEntry("applied", 5L).containsEntry("pending", 0L);
    assertThat(rollout.path("tenantsPerSecond").asDouble()).isPositive();
    assertThat(rollout.has("finishedAt")).isTrue();
    for (String tenant : List.of("a", "b", "c", "d", "e")) {
      assertThat(versionInFile(tenant)).isEqualTo("3");
      assertThat(api.get(tenants() + "/" + tenant).text("schemaVersion")).isEqualTo("3");
    }
    assertThat(api.get(rollouts()).json().path("rollouts").size()).isEqualTo(1);
  }

  @Test
  void rolloutGoesToTheWantedVersionAndNoFurther() throws InterruptedException {
    create("a");
    register(TWO, THREE);
    create("newest");
    finish(start("{\"select\":{\"tenants\":[\"newest\"]}}"));

    String id = start("{\"version\":\"2\"}");
    finish(id);

    assertThat(versionInFile("a")).isEqualTo("2");
    assertThat(versionInFile("newest")).isEqualTo("3");
    assertThat(target(id, "newest").path("state").asString()).isEqualTo("upToDate");
    assertThat(target(id, "newest").path("attempts").asInt()).isZero();
    assertThat(target(id, "a").path("fromVersion").asString()).isEqualTo("1");
    assertThat(target(id, "a").path("toVersion").asString()).isEqualTo("2");
  }

  @Test
  void oneTenantsFailureStopsNothingAndTheNextRunDoesOnlyWhatIsLeft() throws InterruptedException {
    List.of("a", "broken", "c").forEach(this::create);
    register(TWO);
    owner("broken").databases().run(database("broken"), "ALTER TABLE customer ADD COLUMN name");

    String first = start("");
    finish(first);

    JsonNode rollout = api.get(rollouts() + "/" + first).json();
    assertThat(rollout.path("succeeded").asBoolean()).isFalse();
    assertThat(counts(rollout)).containsEntry("applied", 2L).containsEntry("failed", 1L);
    assertThat(target(first, "broken").path("error").asString())
        .isEqualTo("V2__name.sql, line 1, statement 1: duplicate column name: name");
    assertThat(api.get(tenants() + "/broken").text("schemaVersion")).isEqualTo("1");
    assertThat(api.get(tenants() + "/a").text("schemaVersion")).isEqualTo("2");

    owner("broken").databases().run(database("broken"), "ALTER TABLE customer DROP COLUMN name");
    String second = start("");
    finish(second);

    assertThat(counts(api.get(rollouts() + "/" + second).json()))
        .containsEntry("applied", 1L)
        .containsEntry("upToDate", 2L)
        .containsEntry("failed", 0L);
    assertThat(target(second, "a").path("attempts").asInt()).isZero();
    assertThat(versionInFile("broken")).isEqualTo("2");
  }

  @Test
  void suspendedTenantsAreMigratedAndDeletedOnesAreNot() throws InterruptedException {
    List.of("active", "suspended", "deleted", "goes").forEach(this::create);
    api.post(tenants() + "/suspended/suspend", "");
    api.delete(tenants() + "/deleted");
    register(TWO);

    String id = start("");
    api.delete(tenants() + "/goes");
    finish(id);

    assertThat(targets(id)).containsOnlyKeys("active", "suspended").containsValue("applied");
    assertThat(versionInFile("suspended")).isEqualTo("2");
    assertThat(versionInFile("deleted")).isEqualTo("1");
    assertThat(versionInFile("goes")).isEqualTo("1");
  }

  @Test
  void tenantThatComesBackMeanwhileIsNotLeftBehind() throws InterruptedException {
    List.of("a", "back").forEach(this::create);
    api.delete(tenants() + "/back");
    register(TWO);

    String id = start("");
    api.post(tenants() + "/back/undelete", "");
    finish(id);

    assertThat(targets(id)).containsEntry("back", "applied");
    assertThat(versionInFile("back")).isEqualTo("2");
  }

  @Test
  void rolloutWaitsForATenantThatIsMadeFromAnOlderTemplate() throws InterruptedException {
    create("slow");
    register(TWO);
    state("slow", "provisioning");

    String id = start("");
    Optional<Instant> next = Optional.empty();
    for (int i = 0; i < 3; i++) {
      next = run.slice(UUID.fromString(id), () -> false);
      assertThat(next).isPresent();
    }
    assertThat(api.get(rollouts() + "/" + id).text("state")).isEqualTo("running");
    state("slow", "active");
    finish(id);

    assertThat(targets(id)).containsEntry("slow", "applied");
    assertThat(versionInFile("slow")).isEqualTo("2");
  }

  @Test
  void nodeThatIsAwayIsTriedAgain() throws InterruptedException {
    create("a");
    register(TWO);
    FakeNode owner = owner("a");
    owner.refuse(true);

    String id = start("");
    Instant before = Instant.now();
    Optional<Instant> wait = run.slice(UUID.fromString(id), () -> false);

    assertThat(wait).hasValueSatisfying(time -> assertThat(time).isAfter(before));
    assertThat(target(id, "a").path("state").asString()).isEqualTo("pending");
    assertThat(target(id, "a").path("attempts").asInt()).isEqualTo(1);
    assertThat(target(id, "a").path("error").asString()).contains(owner.name().value());
    owner.refuse(false);
    due(id);
    finish(id);
    assertThat(target(id, "a").path("state").asString()).isEqualTo("applied");
    assertThat(target(id, "a").path("attempts").asInt()).isEqualTo(2);
    assertThat(target(id, "a").has("error")).isFalse();
  }

  @Test
  void nodeThatStaysAwayFailsItsTenantsInTheEnd() throws InterruptedException {
    create("a");
    register(TWO);
    owner("a").refuse(true);
    String id = start("");

    for (int i = 0; i < 60 && run.slice(UUID.fromString(id), () -> false).isPresent(); i++) {
      due(id);
    }

    assertThat(api.get(rollouts() + "/" + id).text("state")).isEqualTo("finished");
    assertThat(target(id, "a").path("state").asString()).isEqualTo("failed");
    assertThat(target(id, "a").path("attempts").asInt()).isEqualTo(20);
    assertThat(target(id, "a").path("error").asString()).contains("did not apply it");
    // Nobody knows what the node did, so the script is as good as applied.
    assertThat(register(new MigrationFile("V2__name.sql", "SELECT 2")).code())
        .isEqualTo("migration_immutable");
  }

  @Test
  void poolHasOneUnfinishedRolloutAtMost() throws InterruptedException {
    create("a");
    register(TWO);
    String id = start("");

    assertThat(api.post(rollouts(), STARTED).code()).isEqualTo("conflict");
    String planned = plan("{}");
    assertThat(say(planned, "start", body("plan", rollout(planned).path("plan").asString())).code())
        .isEqualTo("conflict");

    finish(id);
    assertThat(api.post(rollouts(), STARTED).status()).isEqualTo(202);
  }

  @Test
  void migrationOfARunningRolloutCannotChangeButALaterOneCanCome() throws InterruptedException {
    create("a");
    register(TWO);
    String id = start("");

    assertThat(register(new MigrationFile("V2__name.sql", "SELECT 2")).code())
        .isEqualTo("conflict");
    assertThat(register(THREE).status()).isEqualTo(200);

    finish(id);
    assertThat(versionInFile("a")).isEqualTo("2");
  }

  @Test
  void migrationThatFailsForAllCanBeMended() throws InterruptedException {
    List.of("a", "b").forEach(this::create);
    for (String tenant : List.of("a", "b")) {
      owner(tenant).databases().run(database(tenant), "ALTER TABLE customer ADD COLUMN name");
    }
    register(TWO);
    finish(start(""));

    assertThat(register(new MigrationFile("V2__name.sql", "SELECT 2")).status()).isEqualTo(200);
    String id = start("");
    finish(id);

    assertThat(targets(id).values()).containsOnly("applied");
  }

  @Test
  void lateAnswerOfARunnerThatWasThoughtDeadChangesNothing() throws InterruptedException {
    create("a");
    register(TWO);
    String id = start("");
    finish(id);

    var late =
        new ApplyOutcome(
            database("a"),
            Result.FAILED,
            "1",
            "1",
            null,
            new ApplyOutcomes.Failure(ApplyOutcomes.Kind.STATEMENT, "late", "late"),
            1);
    outcomes.record(
        UUID.fromString(id),
        new PoolName(pool),
        TargetState.PENDING,
        List.of(new TargetOutcomes.TargetOutcome("a", 3L, late)),
        Instant.now());

    assertThat(target(id, "a").path("state").asString()).isEqualTo("applied");
    assertThat(api.get(tenants() + "/a").text("schemaVersion")).isEqualTo("2");
  }

  @Test
  void answerFromBeforeARestoreIsAskedForAgain() throws InterruptedException {
    create("a");
    register(TWO);
    UUID id = UUID.fromString(start(""));
    Targets.DueTarget due =
        targets
            .due(
                new Targets.Lot(id, new PoolName(pool), TargetState.PENDING, 0),
                owner("a").name(),
                1,
                Instant.now())
            .getFirst();
    var applied = new ApplyOutcome(database("a"), Result.APPLIED, "1", "2", null, null, 1);
    // Between the node's answer and its record a backup is restored that is at version 1.
    jdbc.sql("update binding set version = version + 1 where pool = ? and tenant = 'a'")
        .param(pool)
        .update();

    outcomes.record(
        id,
        new PoolName(pool),
        TargetState.PENDING,
        List.of(new TargetOutcomes.TargetOutcome("a", due.seenVersion(), applied)),
        Instant.now());

    assertThat(versionInFile("a")).isEqualTo("1");
    assertThat(api.get(tenants() + "/a").text("schemaVersion")).isEqualTo("1");
    assertThat(target(id.toString(), "a").path("state").asString()).isEqualTo("pending");
    finish(id.toString());
    assertThat(versionInFile("a")).isEqualTo("2");
    assertThat(api.get(tenants() + "/a").text("schemaVersion")).isEqualTo("2");
  }

  @Test
  void changeOfATenantMeanwhileDoesNotUndoItsSchemaVersion() throws InterruptedException {
    create("a");
    register(TWO);
    long version = api.get(tenants() + "/a").json().path("version").asLong();
    finish(start(""));

    assertThat(api.patch(tenants() + "/a", "{\"labels\":{\"plan\":\"gold\"}}").status())
        .isEqualTo(200);

    JsonNode tenant = api.get(tenants() + "/a").json();
    assertThat(tenant.path("schemaVersion").asString()).isEqualTo("2");
    assertThat(tenant.path("version").asLong()).isEqualTo(version + 2);
  }

  @Test
  void targetsArePaged() {
    List.of("a", "b", "c").forEach(this::create);
    register(TWO);
    String path = rollouts() + "/" + start("") + "/targets";

    Api.Answer first = api.get(path + "?limit=2&state=pending");
    assertThat(names(first)).containsExactly("a", "b");
    Api.Answer second = api.get(path + "?limit=2&state=pending&cursor=" + first.text("next"));
    assertThat(names(second)).containsExactly("c");
    assertThat(second.json().path("next").isNull()).isTrue();
    assertThat(names(api.get(path + "?state=applied"))).isEmpty();
    assertThat(api.get(path + "?state=odd").code()).isEqualTo("invalid_request");
    assertThat(api.get(path + "?limit=0").code()).isEqualTo("invalid_request");
  }

  @Test
  void whatIsNotThereIsSaidClearly() {
    assertThat(api.post("/v1/pools/nowhere/rollouts", "").code()).isEqualTo("unknown_pool");
    assertThat(api.get(rollouts() + "/" + UUID.randomUUID()).code()).isEqualTo("not_found");
    assertThat(api.get(rollouts() + "/x").code()).isEqualTo("invalid_request");
    assertThat(api.post(rollouts(), "{\"version\":\"9\"}").code()).isEqualTo("invalid_request");
    String empty = pool + "-empty";
    api.post("/v1/pools", "{\"name\":\"%s\"}".formatted(empty));
    assertThat(api.post("/v1/pools/" + empty + "/rollouts", "").code()).isEqualTo("conflict");
  }

  @Test
  void stoppedSliceIsGoneOnWith() throws InterruptedException {
    create("a");
    register(TWO);
    String id = start("");

    assertThat(run.slice(UUID.fromString(id), () -> true)).isPresent();
    assertThat(target(id, "a").path("state").asString()).isEqualTo("pending");

    finish(id);
    assertThat(target(id, "a").path("state").asString()).isEqualTo("applied");
  }

  private static String body(String name, String value) {
    return "{\"%s\":\"%s\"}".formatted(name, value);
  }

  private void finish(String id) throws InterruptedException {
    run(id);
    assertThat(stateOf(id)).isEqualTo("finished");
  }
}
