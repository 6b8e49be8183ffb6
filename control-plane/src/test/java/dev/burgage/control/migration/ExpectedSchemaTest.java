package dev.burgage.control.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.control.ControlPlaneTest;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.protocol.PoolName;
import dev.burgage.protocol.migration.SchemaObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

final class ExpectedSchemaTest extends ControlPlaneTest {
  @Autowired private Migrations migrations;
  @Autowired private JdbcClient jdbc;

  private PoolName name = new PoolName("none");

  @BeforeEach
  void makePool() {
    createPool();
    name = new PoolName(pool);
    register("V1__a.sql", "CREATE TABLE a (b)");
    register("V2__b.sql", "ALTER TABLE a ADD COLUMN c");
  }

  @Test
  void eachVersionHasItsSchema() {
    assertThat(expected("1").objects())
        .containsExactly(new SchemaObject("table", "a", "a", "create table a ( b )"));
    assertThat(expected("2").objects())
        .containsExactly(new SchemaObject("table", "a", "a", "create table a ( b , c )"));
    assertThat(expected("2").schema().fingerprint()).isEqualTo(expected("2").fingerprint());
    assertThat(migrations.expected(name, "3")).isEmpty();
  }

  @Test
  void changedMigrationHasAnother() {
    ExpectedSchema one = expected("1");
    ExpectedSchema two = expected("2");

    register("V2__b.sql", "ALTER TABLE a ADD COLUMN d");

    assertThat(expected("1")).isEqualTo(one);
    assertThat(expected("2").fingerprint()).isNotEqualTo(two.fingerprint());
  }

  @Test
  void setFromBeforeIsTriedOnceMore() {
    Optional<ExpectedSchema> known = migrations.expected(name, "2");
    jdbc.sql("delete from schema_version where pool = ?").param(pool).update();

    assertThat(migrations.expected(name, "2")).isEqualTo(known);
    assertThat(
            jdbc.sql("select count(*) from schema_version where pool = ?")
                .param(pool)
                .query(Integer.class)
                .single())
        .isEqualTo(2);
  }

  private ExpectedSchema expected(String version) {
    return migrations.expected(name, version).orElseThrow();
  }

  private void register(String file, String sql) {
    migrations.register(name, List.of(new MigrationFile(file, sql)));
  }
}
