package dev.burgage.control.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api.Answer;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.control.provisioning.SchemaSource.PoolSchema;
import dev.burgage.control.tenant.NewTenant;
import dev.burgage.control.tenant.Tenant;
import dev.burgage.control.tenant.TenantKey;
import dev.burgage.control.tenant.Tenants;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.NodeName;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.TenantId;
import dev.burgage.protocol.binding.Limits;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What a control plane remembers of a pool, when another one has changed the pool since:
/// statements that this process does not see stand for the other one.
class KnownSchemaTest extends ControlPlaneTest {
  @Autowired private SchemaSource schemas;
  @Autowired private Tenants tenants;
  @Autowired private JdbcClient jdbc;

  @BeforeEach
  void aPoolThatIsKnown() {
    createPool();
    assertThat(create("first").status()).isEqualTo(201);
  }

  private void registerElsewhere(String version) {
    jdbc.sql(
            """
            insert into migration (pool, version, description, script, checksum, sql, registered_at)
            values (?, ?, 'x', ?, 1, ?, now())
            """)
        .params(pool, version, "V" + version + "__x.sql", "CREATE TABLE t" + version + " (a)")
        .update();
    jdbc.sql("update pool set migration_set = gen_random_uuid(), schema_version = ? where name = ?")
        .params(version, pool)
        .update();
  }

  private Tenant planned(PoolSchema schema) {
    String request = new NewTenantRequest(new TenantId("acme"), null, null).digest();
    return tenants
        .plan(
            new TenantKey(new PoolName(pool), new TenantId("acme")),
            new NewTenant(
                new Tenant.Place(
                    new DatabaseId(UUID.randomUUID()),
                    schema.template().engine(),
                    new NodeName("node-a"),
                    1),
                new Tenant.Plan(schema.templateId(), schema.version(), request),
                Map.of(),
                Limits.DEFAULT),
            schema.set())
        .orElseThrow();
  }

  @Test
  void aMigrationThatWasRegisteredElsewhereIsInTheNextTenant() {
    registerElsewhere("1");

    assertThat(create("acme").text("schemaVersion")).isEqualTo("1");
    assertThat(
            jdbc.sql("select applied_at is not null from migration where pool = ?")
                .param(pool)
                .query(Boolean.class)
                .single())
        .isTrue();
  }

  @Test
  void aTenantThatWasPlannedBeforeAMigrationDoesNotBecomeActiveWithoutIt() {
    PoolSchema old = schemas.known(new PoolName(pool));
    Tenant tenant = planned(old);
    registerElsewhere("1");

    assertThat(tenants.activate(tenant, old.set())).isEmpty();

    Answer created = create("acme");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("schemaVersion")).isEqualTo("1");
    assertThat(created.json().path("generation").asInt()).isEqualTo(2);
  }

  @Test
  void aPoolThatWasDeletedAndMadeAgainElsewhereIsAnotherOne() {
    jdbc.sql("delete from binding where pool = ?").param(pool).update();
    jdbc.sql("delete from pool where name = ?").param(pool).update();
    assertThat(create("acme").code()).isEqualTo("unknown_pool");
    jdbc.sql("insert into pool (name, engine, created_at) values (?, 'sqlite', now())")
        .param(pool)
        .update();
    registerElsewhere("7");

    assertThat(create("acme").text("schemaVersion")).isEqualTo("7");
  }
}
