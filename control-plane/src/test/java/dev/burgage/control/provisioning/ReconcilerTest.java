package dev.burgage.control.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.FakeNode;
import dev.burgage.control.tenant.NewTenant;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.TenantState;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Limits;
import dev.burgage.protocol.node.DatabaseFiles.DatabaseFile;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class ReconcilerTest extends ControlPlaneTest {
  @Autowired private Reconciler reconciler;
  @Autowired private OrphanSweep sweep;
  @Autowired private Tenants tenants;
  @Autowired private NodeOrders orders;
  @Autowired private JdbcClient jdbc;
  @Autowired private SchemaSource schemas;

  @BeforeEach
  void pool() {
    createPool();
  }

  private TenantKey key(String tenant) {
    return new TenantKey(new PoolName(pool), new TenantId(tenant));
  }

  private SchemaSource.PoolSchema schema() {
    return schemas.current(new PoolName(pool));
  }

  // What a request writes before it orders the node.
  private Tenant planned(String tenant, String template) {
    var place =
        new Tenant.Place(
            new DatabaseId(UUID.randomUUID()), Engine.SQLITE, new NodeName("node-a"), 1);
    String request = new NewTenantRequest(new TenantId(tenant), null, null).digest();
    return tenants
        .plan(
            key(tenant),
            new NewTenant(
                place, new Tenant.Plan(template, null, request), Map.of(), Limits.DEFAULT),
            schema().set())
        .orElseThrow();
  }

  private void finish() {
    reconciler.finish(Duration.ofSeconds(-1));
  }

  @Test
  void killedAfterThePlanTheTenantIsFinished() {
    Tenant tenant = planned("acme", schema().templateId());
    assertThat(api.get(tenants() + "/acme").text("state")).isEqualTo("provisioning");
    assertThat(api.post(tenants() + "/acme/query", "{}").code()).isEqualTo("not_ready");
    assertThat(node("node-a").binding(pool, "acme")).isNull();

    finish();

    assertThat(tenants.get(key("acme")).state()).isEqualTo(TenantState.ACTIVE);
    assertThat(node("node-a").has(tenant.place().database().toString())).isTrue();
    await("its node serves it", () -> node("node-a").binding(pool, "acme") != null);
  }

  @Test
  void killedAfterTheNodeStepTheTenantIsFinishedWithTheSameFile() {
    Tenant tenant = planned("acme", schema().templateId());
    orders.create(tenant.place(), schema());

    finish();

    Tenant active = tenants.get(key("acme"));
    assertThat(active.state()).isEqualTo(TenantState.ACTIVE);
    assertThat(active.place()).isEqualTo(tenant.place());
  }

  @Test
  void killedAfterThePlanTheSameRequestGoesOn() {
    Tenant tenant = planned("acme", schema().templateId());

    Answer created = create("acme");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("database")).isEqualTo(tenant.place().database().toString());
  }

  @Test
  void aNodeThatRefusesIsToldAndTheRequestMayBeRepeated() {
    nodes().forEach(node -> node.refuse(true));
    Answer refused = create("acme");
    nodes().forEach(node -> node.refuse(false));

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.code()).isEqualTo("node_unavailable");
    assertThat(create("acme").status()).isEqualTo(201);
  }

  @Test
  void aPlanWhoseTemplateIsGoneIsMadeAnewWithTheNextGeneration() {
    planned("acme", "0".repeat(64));

    Answer created = create("acme");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.json().path("generation").asInt()).isEqualTo(2);
  }

  @Test
  void aPlanOnANodeThatIsGoneIsMovedToALiveOne() {
    FakeNode gone = joined("gone-" + pool);
    await("it is live", () -> isLive(gone.name().value()));
    Tenant tenant = planned("acme", schema().templateId());
    var onGone = new Tenant.Place(tenant.place().database(), Engine.SQLITE, gone.name(), 2);
    assertThat(tenants.replan(tenant, onGone, tenant.plan())).isPresent();
    gone.close();
    await("it is gone", () -> !isLive(gone.name().value()));

    Answer created = create("acme");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("node")).startsWith("node-");
    assertThat(created.json().path("generation").asInt()).isEqualTo(3);
  }

  @Test
  void whatCannotBeMadeIsGivenUpAndItsFileGoes() {
    Tenant tenant = planned("acme", schema().templateId());
    orders.create(tenant.place(), schema());
    jdbc.sql("update binding set created_at = now() - interval '1 hour' where pool = ?")
        .param(pool)
        .update();
    nodes().forEach(node -> node.refuse(true));
    finish();
    assertThat(tenants.get(key("acme")).state()).isEqualTo(TenantState.ABANDONED);
    assertThat(create("acme").code()).isEqualTo("not_ready");

    nodes().forEach(node -> node.refuse(false));
    finish();

    assertThat(api.get(tenants() + "/acme").code()).isEqualTo("unknown_tenant");
    // The file of the first plan, which was left when another node was tried, is an orphan by now.
    node("node-a")
        .put(new DatabaseFile(tenant.place().database(), 1, Duration.ofHours(1).toMillis()));
    sweep.run();
    nodes().forEach(node -> assertThat(node.has(tenant.place().database().toString())).isFalse());
    assertThat(create("acme").status()).isEqualTo(201);
  }

  @Test
  void afterTheRetentionFilesGoThenTheRowAndTheIdIsFree() {
    Answer created = create("acme");
    FakeNode owner = node(created.text("node"));
    api.delete(tenants() + "/acme");
    Instant later = Instant.now().plus(Duration.ofDays(8));

    owner.refuse(true);
    reconciler.purge(later);
    assertThat(api.get(tenants() + "/acme").text("state")).isEqualTo("deleted");
    assertThat(api.post(tenants() + "/acme/undelete", "").code()).isEqualTo("tenant_deleted");

    owner.refuse(false);
    jdbc.sql("update binding set updated_at = now() - interval '1 hour' where pool = ?")
        .param(pool)
        .update();
    reconciler.purge(later);

    assertThat(api.get(tenants() + "/acme").code()).isEqualTo("unknown_tenant");
    assertThat(owner.has(created.text("database"))).isFalse();
    nodes().forEach(node -> await("removed", () -> node.binding(pool, "acme") == null));
    Answer again = create("acme");
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.text("database")).isNotEqualTo(created.text("database"));
    assertThat(again.json().path("version").asLong())
        .isGreaterThan(created.json().path("version").asLong());
  }

  @Test
  void aPoolOfTombstonesIsEmpty() {
    create("acme");
    api.delete(tenants() + "/acme");
    reconciler.purge(Instant.now().plus(Duration.ofDays(8)));

    assertThat(api.delete("/v1/pools/" + pool).status()).isEqualTo(204);
  }

  @Test
  void filesWithoutARowAreMovedAsideWhenTheyAreOld() {
    Answer created = create("acme");
    FakeNode owner = node(created.text("node"));
    var known = DatabaseId.parse(created.text("database"));
    var unknown = new DatabaseId(UUID.randomUUID());
    var young = new DatabaseId(UUID.randomUUID());
    long old = Duration.ofMinutes(16).toMillis();
    owner.put(new DatabaseFile(known, 1, old));
    owner.put(new DatabaseFile(known, 7, old));
    owner.put(new DatabaseFile(unknown, 1, old));
    owner.put(new DatabaseFile(young, 1, 1_000));

    sweep.run();

    assertThat(owner.trash()).contains(unknown + "/1", known + "/7");
    assertThat(owner.trash()).doesNotContain(known + "/1", young + "/1");
    assertThat(owner.has(young.toString())).isTrue();
  }
}
