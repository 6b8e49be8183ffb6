package dev.burgage.control.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeNode;
import dev.burgage.protocol.binding.Binding;
import dev.burgage.protocol.binding.BindingState;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LifecycleTest extends ControlPlaneTest {
  private String path = "";

  @BeforeEach
  void tenant() {
    createPool();
    assertThat(create("acme").status()).isEqualTo(201);
    path = tenants() + "/acme";
  }

  private FakeNode owner() {
    return node(api.get(path).text("node"));
  }

  private Binding bindingAtOwner() {
    return Objects.requireNonNull(owner().binding(pool, "acme"));
  }

  private BindingState stateAtOwner() {
    return bindingAtOwner().state();
  }

  @Test
  void aSuspendedTenantIsSuspendedOnItsNodeWhenTheAnswerComes() {
    Answer suspended = api.post(path + "/suspend", "");

    assertThat(suspended.status()).isEqualTo(200);
    assertThat(suspended.text("state")).isEqualTo("suspended");
    assertThat(stateAtOwner()).isEqualTo(BindingState.SUSPENDED);
  }

  @Test
  void aQuarantinedTenantIsShownWithTheReasonUntilItIsReleased() {
    FakeNode owner = owner();
    owner.quarantine(bindingAtOwner().database(), "it died twice");
    await("it is shown", () -> api.get(path).text("state").equals("quarantined"));
    Answer shown = api.get(path);
    assertThat(shown.json().at("/quarantine/reason").asString()).isEqualTo("it died twice");
    assertThat(shown.json().at("/quarantine/since").asString()).isEqualTo("2026-11-22T10:00:00Z");
    assertThat(listed("quarantined")).isEqualTo(1);
    assertThat(listed("active")).isZero();

    Answer released = api.post(path + "/release", "");

    assertThat(released.status()).isEqualTo(200);
    assertThat(released.text("state")).isEqualTo("active");
    assertThat(owner.quarantined()).isEmpty();
    assertThat(listed("quarantined")).isZero();
    assertThat(listed("active")).isEqualTo(1);
    assertThat(api.post(path + "/release", "").status()).isEqualTo(200);
  }

  @Test
  void aTenantStaysQuarantinedWhileItsNodeDoesNotAnswer() {
    FakeNode owner = owner();
    owner.quarantine(bindingAtOwner().database(), "it died twice");
    await("it is shown", () -> api.get(path).text("state").equals("quarantined"));
    owner.refuse(true);
    assertThat(api.post(path + "/release", "").code()).isEqualTo("node_unavailable");
    assertThat(api.get(path).text("state")).isEqualTo("quarantined");
  }

  @Test
  void aNodeThatHasJustStartedIsSaidToBeAwayAndNotThatTheTokenIsWrong() {
    FakeNode owner = owner();
    owner.quarantine(bindingAtOwner().database(), "it died twice");
    await("it is shown", () -> api.get(path).text("state").equals("quarantined"));
    owner.startAnew();

    Answer refused = api.post(path + "/release", "");

    assertThat(refused.code()).isEqualTo("node_unavailable");
    assertThat(refused.text("detail")).contains("has just started", "repeat the request");
    owner.cut();
    await("it is released", () -> api.post(path + "/release", "").status() == 200);
  }

  private int listed(String state) {
    return api.get(tenants() + "?state=" + state).json().path("tenants").size();
  }

  @Test
  void everyWayMayBeAskedForTwice() {
    long version = api.post(path + "/suspend", "").json().path("version").asLong();

    assertThat(api.post(path + "/suspend", "").json().path("version").asLong()).isEqualTo(version);
    assertThat(api.post(path + "/resume", "").text("state")).isEqualTo("active");
    assertThat(api.post(path + "/resume", "").status()).isEqualTo(200);
    assertThat(api.delete(path).status()).isEqualTo(200);
    assertThat(api.delete(path).status()).isEqualTo(200);
    assertThat(api.post(path + "/undelete", "").status()).isEqualTo(200);
    assertThat(api.post(path + "/undelete", "").status()).isEqualTo(200);
  }

  @Test
  void aDeletedTenantSaysWhenItGoesAndComesBackAsItWas() {
    api.post(path + "/suspend", "");

    Answer deleted = api.delete(path);

    assertThat(deleted.text("state")).isEqualTo("deleted");
    assertThat(Instant.parse(deleted.text("purgeAt")))
        .isEqualTo(Instant.parse(deleted.text("deletedAt")).plusSeconds(7 * 24 * 3600));
    assertThat(stateAtOwner()).isEqualTo(BindingState.DELETED);
    assertThat(api.post(path + "/suspend", "").code()).isEqualTo("tenant_deleted");
    assertThat(api.patch(path, "{\"labels\":{}}").code()).isEqualTo("tenant_deleted");
    assertThat(create("acme").code()).isEqualTo("conflict");
    assertThat(api.post(path + "/undelete", "").text("state")).isEqualTo("suspended");
  }

  @Test
  void labelsChangeWithoutARevisionAndLimitsWithOne() {
    String before = api.get(path).text("revision");

    Answer labelled = api.patch(path, "{\"labels\":{\"plan\":\"gold\"}}");
    Answer limited = api.patch(path, "{\"limits\":{\"sizeBytesMax\":1048576}}");

    assertThat(labelled.text("revision")).isEqualTo(before);
    assertThat(labelled.json().path("labels").path("plan").asString()).isEqualTo("gold");
    assertThat(limited.text("revision")).isGreaterThan(before);
    assertThat(limited.json().path("labels").path("plan").asString()).isEqualTo("gold");
    assertThat(limited.json().path("limits").path("statementMillisMax").asInt()).isEqualTo(30_000);
    assertThat(bindingAtOwner().limits().sizeBytesMax()).isEqualTo(1_048_576);
  }

  @Test
  void theSameCreationAgainIsNoConflictAfterAChangeOfLabels() {
    api.patch(path, "{\"labels\":{\"plan\":\"gold\"}}");

    assertThat(create("acme").status()).isEqualTo(200);
  }

  @Test
  void aLimitOutOfItsRangeIsRefused() {
    Answer refused = api.patch(path, "{\"limits\":{\"sizeBytesMax\":1}}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.code()).isEqualTo("invalid_request");
    assertThat(refused.text("detail")).contains("sizeBytesMax", "65536", "got 1");
  }

  @Test
  void aPoolWithTenantsStays() {
    Answer refused = api.delete("/v1/pools/" + pool);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("pool_not_empty");
  }

  @Test
  void aPoolIsMadeOnceAndGoesWhenEmpty() {
    assertThat(createPool().status()).isEqualTo(200);
    api.post("/v1/pools", "{\"name\":\"%s-empty\"}".formatted(pool));
    assertThat(api.get("/v1/pools").json().path("pools").toString()).contains(pool + "-empty");
    assertThat(api.delete("/v1/pools/" + pool + "-empty").status()).isEqualTo(204);
    assertThat(api.get("/v1/pools/" + pool + "-empty").code()).isEqualTo("unknown_pool");
  }
}
