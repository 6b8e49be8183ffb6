package dev.burgage.control.migration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.Api;
import dev.burgage.control.ControlPlaneTest;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
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

  @Test
  void variantsForOtherEnginesAreKeptAndShown() {
    Api.Answer answer =
        register(
            new MigrationFile("V1__init.sql", "CREATE TABLE only_for_postgresql (id serial)"),
            new MigrationFile("V1__init.sqlite.sql", CUSTOMER),
            new MigrationFile("V1__init.mysql.sql", "CREATE TABLE m (id int auto_increment)"));

    assertThat(answer.status()).isEqualTo(200);
    var first = api.get(path("/1")).json();
    assertThat(first.path("script").asString()).isEqualTo("V1__init.sqlite.sql");
    assertThat(first.path("variants").path(0).path("engine").asString()).isEqualTo("mysql");
    assertThat(first.path("variants").path(1).path("script").asString()).isEqualTo("V1__init.sql");
    assertThat(first.path("variants").path(1).path("sql").asString()).contains("serial");
    create("acme");
    assertThat(register(new MigrationFile("V1__init.mysql.sql", "SELECT 1")).code())
        .isEqualTo("migration_immutable");
    assertThat(register(new MigrationFile("V1__init.postgresql.sql", "SELECT 1")).status())
        .isEqualTo(200);
    assertThat(register(new MigrationFile("V2__x.oracle.sql", "SELECT 1")).text("detail"))
        .contains("an engine \"oracle\" that there is not");
  }

  @Test
  void wranglersNamesRegisterAndRunOn() {
    assertThat(
            versions(
                register(
                    new MigrationFile("0001_b.sql", "ALTER TABLE customer ADD COLUMN name TEXT"),
                    new MigrationFile("0000_a.sql", CUSTOMER))))
        .containsExactly("0000", "0001");
    assertThat(create("acme").text("schemaVersion")).isEqualTo("0001");
  }

  @Test
  void lintTellsWhatFilesWouldDoAndRegistersNothing() {
    register(new MigrationFile("V1__init.sql", CUSTOMER));

    Api.Answer answer =
        api.post(
            path("/lint"),
            body(
                new MigrationFile(
                    "V2__x.sql", "ALTER TABLE customer ADD COLUMN name TEXT NOT NULL")));

    assertThat(answer.status()).isEqualTo(200);
    var finding = answer.json().path("findings").path(0);
    assertThat(finding.path("rule").asString()).isEqualTo("add-column-refused");
    assertThat(finding.path("level").asString()).isEqualTo("error");
    assertThat(answer.json().path("errors").asInt()).isEqualTo(1);
    assertThat(versions(api.get(path("")))).containsExactly("1");
  }

  @Test
  void lintOfRegisteredMigrationsGoesFromVersionToVersion() {
    register(
        new MigrationFile("V1__init.sql", CUSTOMER),
        new MigrationFile("V2__a.sql", "UPDATE customer SET id = 1"),
        new MigrationFile("V3__b.sql", "DROP TABLE customer"));

    Api.Answer two = api.get(path("/lint?from=1&to=2"));
    assertThat(two.json().path("findings").size()).isEqualTo(1);
    assertThat(two.json().path("touches").path(0).path("tables").path(0).asString())
        .isEqualTo("customer");
    assertThat(api.get(path("/lint?from=1")).json().path("warnings").asInt()).isEqualTo(2);
    assertThat(api.get(path("/lint")).json().path("findings").size()).isZero();
    assertThat(api.get(path("/lint?from=9")).code()).isEqualTo("invalid_request");
  }

  @Test
  void folderIsRegisteredFromAnArchive() throws IOException {
    byte[] tar = tar("./migrations/", "./migrations/0002_b.sql", "./migrations/0001_a.sql");

    assertThat(versions(archive("application/x-tar", tar))).containsExactly("0001", "0002");
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(tar("0003_c.sql"));
    }
    assertThat(versions(archive("application/gzip", zipped.toByteArray())))
        .containsExactly("0001", "0002", "0003");
  }

  @Test
  void archiveOfOtherThingsIsRefused() throws IOException {
    for (String entry :
        new String[] {
          "../0001_a.sql", "a/../0001_a.sql", "a/b/0001_a.sql", "/etc/0001_a.sql", "x.txt"
        }) {
      assertThat(archive("application/x-tar", tar(entry)).code())
          .as(entry)
          .isEqualTo("invalid_request");
    }
    assertThat(archive("application/x-tar", tar("a/0001_a.sql", "b/0002_b.sql")).text("detail"))
        .contains("in 2 folders");
    assertThat(archive("application/gzip", tar("0001_a.sql")).code()).isEqualTo("invalid_request");
    assertThat(archive("application/x-tar", tar()).code()).isEqualTo("invalid_request");
    assertThat(archive("text/plain", tar()).code()).isEqualTo("unsupported_media_type");
    assertThat(versions(api.get(path("")))).isEmpty();
  }

  private Api.Answer archive(String type, byte[] body) {
    return Api.send(
        api.request(path(""))
            .setHeader("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  private static byte[] tar(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (String name : names) {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        byte[] sql = ("CREATE TABLE \"" + name + "\" (a)").getBytes(UTF_8);
        boolean folder = name.endsWith("/");
        entry.setSize(folder ? 0 : sql.length);
        tar.putArchiveEntry(entry);
        if (!folder) {
          tar.write(sql);
        }
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static String body(MigrationFile... files) {
    return Json.mapper().writeValueAsString(Map.of("migrations", List.of(files)));
  }

  private Api.Answer register(MigrationFile... files) {
    return api.post(path(""), body(files));
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
