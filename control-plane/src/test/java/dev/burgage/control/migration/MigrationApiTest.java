package dev.burgage.control.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MigrationApiTest extends ControlPlaneTest {
  private static final String CUSTOMER = "CREATE TABLE customer (id INTEGER PRIMARY KEY);";

  @BeforeEach
  void makePool() {
    assertThat(createPool().status()).isEqualTo(201);
  }

  @Test
  void registeredMigrationsAreListedInFlywaysOrder() {
    Api.Answer answer =
        register(
            new MigrationFile("V10__ten.sql", "CREATE TABLE ten (a)"),
            new MigrationFile("V2__add_name.sql", "ALTER TABLE customer ADD COLUMN name TEXT"),
            new MigrationFile("V1__init.sql", CUSTOMER));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("schemaVersion")).isEqualTo("10");
    assertThat(api.get(path("")).json()).isEqualTo(answer.json());
    assertThat(versions(answer)).containsExactly("1", "2", "10");
    var second = answer.json().path("migrations").path(1);
    assertThat(second.path("description").asString()).isEqualTo("add name");
    assertThat(second.path("script").asString()).isEqualTo("V2__add_name.sql");
    assertThat(second.path("checksum").isInt()).isTrue();
    assertThat(second.has("appliedAt")).isFalse();
    assertThat(second.has("sql")).isFalse();
  }

  @Test
  void oneMigrationIsShownWithItsSql() {
    register(new MigrationFile("V1__init.sql", CUSTOMER));

    assertThat(api.get(path("/1")).text("sql")).isEqualTo(CUSTOMER);
    assertThat(api.get(path("/2")).code()).isEqualTo("not_found");
  }

  @Test
  void registeringTheSameAgainChangesNothing() {
    Api.Answer first = register(new MigrationFile("V1__init.sql", CUSTOMER));

    assertThat(register(new MigrationFile("V1__init.sql", CUSTOMER)).json())
        .isEqualTo(first.json());
  }

  @Test
  void emptyPoolHasNoSchemaVersion() {
    Api.Answer answer = api.get(path(""));

    assertThat(answer.json().path("migrations").size()).isZero();
    assertThat(answer.json().has("schemaVersion")).isFalse();
  }

  @Test
  void brokenSqlIsRefusedAndNothingIsKept() {
    Api.Answer answer =
        register(
            new MigrationFile("V1__init.sql", CUSTOMER),
            new MigrationFile("V2__x.sql", "\nALTER TABLE nobody ADD COLUMN a"));

    assertThat(answer.code()).isEqualTo("invalid_migration");
    assertThat(answer.text("detail"))
        .isEqualTo("migration V2__x.sql, line 2, statement 1: no such table: nobody");
    assertThat(versions(api.get(path("")))).isEmpty();
  }

  @Test
  void requestsThatAreNoMigrationsAreRefused() {
    assertThat(register(new MigrationFile("R__view.sql", "SELECT 1")).code())
        .isEqualTo("invalid_migration");
    assertThat(api.post(path(""), "{}").code()).isEqualTo("invalid_request");
    assertThat(api.post(path(""), "{\"migrations\":[]}").code()).isEqualTo("invalid_request");
    assertThat(api.post(path(""), "{\"migrations\":[null]}").code()).isEqualTo("invalid_request");
    assertThat(api.post(path(""), "{\"migrations\":[{\"name\":\"V1__a.sql\"}]}").code())
        .isEqualTo("invalid_request");
    assertThat(api.post("/v1/pools/nowhere/migrations", "{\"migrations\":[]}").code())
        .isEqualTo("unknown_pool");
    assertThat(api.get("/v1/pools/nowhere/migrations").code()).isEqualTo("unknown_pool");
  }

  @Test
  void migrationCanBeMendedUntilATenantHasIt() {
    register(new MigrationFile("V1__init.sql", CUSTOMER));
    assertThat(register(new MigrationFile("V1__init.sql", CUSTOMER + "\n")).status())
        .isEqualTo(200);
    assertThat(register(new MigrationFile("V1__init.sql", CUSTOMER + " SELECT 1;")).status())
        .isEqualTo(200);

    assertThat(create("acme").text("schemaVersion")).isEqualTo("1");

    assertThat(api.get(path("")).json().path("migrations").path(0).has("appliedAt")).isTrue();
    assertThat(register(new MigrationFile("V1__init.sql", CUSTOMER)).code())
        .isEqualTo("migration_immutable");
    assertThat(register(new MigrationFile("V0.9__before.sql", "SELECT 1")).code())
        .isEqualTo("migration_immutable");
    assertThat(versions(register(new MigrationFile("V1.1__after.sql", "SELECT 1"))))
        .containsExactly("1", "1.1");
  }

  @Test
  void poolWithoutTenantsFollowsWhatIsRegistered() {
    register(new MigrationFile("V1__init.sql", CUSTOMER));
    Api.Answer second = register(new MigrationFile("V2__x.sql", "CREATE TABLE x (a)"));

    assertThat(second.text("schemaVersion")).isEqualTo("2");
    assertThat(create("first").text("schemaVersion")).isEqualTo("2");
  }

  @Test
  void poolWithTenantsStaysAtItsVersionUntilARollout() {
    create("before");
    Api.Answer registered = register(new MigrationFile("V1__init.sql", CUSTOMER));
    create("after");

    assertThat(registered.json().has("schemaVersion")).isFalse();
    assertThat(api.get(tenants() + "/before").json().path("schemaVersion").isString()).isFalse();
    assertThat(api.get(tenants() + "/after").json().path("schemaVersion").isString()).isFalse();
    // Nobody has it, so it can still be mended.
    assertThat(register(new MigrationFile("V1__init.sql", CUSTOMER + " SELECT 1;")).status())
        .isEqualTo(200);
  }

  @Test
  void poolWithMigrationsAndWithoutTenantsCanBeDeleted() {
    register(new MigrationFile("V1__init.sql", CUSTOMER));

    assertThat(api.delete("/v1/pools/" + pool).status()).isEqualTo(204);
  }

  private Api.Answer register(MigrationFile... files) {
    return api.post(
        path(""), Json.mapper().writeValueAsString(Map.of("migrations", List.of(files))));
  }

  private String path(String rest) {
    return "/v1/pools/" + pool + "/migrations" + rest;
  }

  private static List<String> versions(Api.Answer answer) {
    return answer
        .json()
        .path("migrations")
        .valueStream()
        .map(m -> m.path("version").asString())
        .toList();
  }
}
