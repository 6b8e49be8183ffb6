package dev.burgage.migrations.apply;

import static dev.burgage.migrations.apply.Databases.GUARD;
import static dev.burgage.migrations.apply.Databases.apply;
import static dev.burgage.migrations.apply.Databases.dump;
import static dev.burgage.migrations.apply.Databases.fingerprint;
import static dev.burgage.migrations.apply.Databases.open;
import static dev.burgage.migrations.apply.Databases.rows;
import static dev.burgage.migrations.apply.Databases.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TwoHistoriesTest {
  /// What wrangler 4 sends before it lists or applies.
  private static final String WRANGLER =
      """
      CREATE TABLE IF NOT EXISTS "d1_migrations"(
      \t\tid         INTEGER PRIMARY KEY AUTOINCREMENT,
      \t\tname       TEXT UNIQUE,
      \t\tapplied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
      );\
      """;

  private static final List<MigrationScript> SET =
      wrangler("CREATE TABLE a (x)", "CREATE TABLE b (x)", "CREATE TABLE c (x)");

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void chooseFile() {
    file = folder.resolve("tenant.db");
  }

  @Test
  void namesAreInWranglersTableToo() throws SQLException {
    apply(file, SET.subList(0, 2));
    apply(file, SET);

    assertThat(query("SELECT id, name, typeof(applied_at) FROM d1_migrations ORDER BY id"))
        .containsExactly("1|0001_s.sql|text", "2|0002_s.sql|text", "3|0003_s.sql|text");
  }

  @Test
  void tableIsTheOneThatWranglerMakes() throws SQLException {
    apply(file, SET);
    Path other = folder.resolve("wrangler.db");
    run(other, WRANGLER);

    String text = "SELECT sql FROM sqlite_schema WHERE name = 'd1_migrations'";
    assertThat(query(text)).isEqualTo(query(other, text));
    run(file, WRANGLER);
  }

  @Test
  void templateHasBothHistoriesAsTheReplayHas() throws SQLException {
    Path template = folder.resolve("template.db");
    new TemplateBuilder(GUARD, Duration.ofMinutes(1))
        .build(new Template(Engine.SQLITE, SET), template);

    apply(file, SET);

    assertThat(dump(template)).isEqualTo(dump(file));
    assertThat(query(template, "SELECT name FROM d1_migrations ORDER BY id"))
        .containsExactly("0001_s.sql", "0002_s.sql", "0003_s.sql");
  }

  @Test
  void setOfBothStylesMakesTheSameTemplateAsReplay() throws SQLException {
    List<MigrationScript> mixed =
        new MigrationSetReader()
            .read(
                List.of(
                    new MigrationFile("0001_s.sql", "CREATE TABLE a (x)"),
                    new MigrationFile("V2__s.sql", "CREATE TABLE b (x)"),
                    new MigrationFile("0003_s.sql", "CREATE TABLE c (x)")),
                Engine.SQLITE)
            .scripts();
    Path template = folder.resolve("template.db");
    new TemplateBuilder(GUARD, Duration.ofMinutes(1))
        .build(new Template(Engine.SQLITE, mixed), template);

    apply(file, mixed);

    assertThat(dump(template)).isEqualTo(dump(file));
  }

  @Test
  void flywayAgreesOnWranglersNames() throws SQLException {
    apply(file, SET);

    Flyway flyway =
        Flyway.configure()
            .dataSource("jdbc:sqlite:" + file, null, null)
            .table("_cf_schema_history")
            .sqlMigrationPrefix("")
            .sqlMigrationSeparator("_")
            .resourceProvider(new ScriptResources(SET))
            .load();
    flyway.validate();
    assertThat(flyway.info().applied()).hasSize(3);
    assertThat(flyway.info().pending()).isEmpty();
  }

  @Test
  void databaseFromBeforeGetsTheNamesWithItsNextMigration() throws SQLException {
    apply(file, SET.subList(0, 2));
    run(file, "DROP TABLE d1_migrations");

    apply(file, SET);

    assertThat(query("SELECT name FROM d1_migrations ORDER BY id"))
        .containsExactly("0001_s.sql", "0002_s.sql", "0003_s.sql");
  }

  @Test
  void whatWranglerAppliedIsNotRunAgain() throws SQLException {
    apply(file, SET.subList(0, 1));
    run(file, "CREATE TABLE b (x)");
    run(file, "INSERT INTO d1_migrations (name) VALUES ('0002_s.sql')");

    assertThat(apply(file, SET))
        .isEqualTo(new Outcome.Applied("0001", "0003", 1, fingerprint(file)));

    assertThat(query("SELECT version, installed_by FROM _cf_schema_history"))
        .containsExactly("0001|", "0002|d1_migrations", "0003|");
    assertThat(query("SELECT name FROM d1_migrations ORDER BY id"))
        .containsExactly("0001_s.sql", "0002_s.sql", "0003_s.sql");
    assertThat(apply(file, SET)).isInstanceOf(Outcome.UpToDate.class);
  }

  @Test
  void databaseThatOnlyWranglerKnewIsTakenOver() throws SQLException {
    run(file, WRANGLER);
    for (MigrationScript script : SET) {
      run(file, script.sql());
      run(file, "INSERT INTO d1_migrations (name) VALUES ('" + script.script() + "')");
    }
    String before = fingerprint(file);

    assertThat(apply(file, SET)).isEqualTo(new Outcome.Applied(null, "0003", 0, before));

    Path other = folder.resolve("other.db");
    apply(other, SET);
    assertThat(fingerprint(other)).isEqualTo(before);
    assertThat(query("SELECT max(version) FROM _cf_schema_history")).containsExactly("0003");
  }

  @Test
  void gapInWranglersTableIsRefused() throws SQLException {
    apply(file, SET.subList(0, 1));
    run(file, "INSERT INTO d1_migrations (name) VALUES ('0003_s.sql')");
    List<String> before = dump(file);

    assertThat(apply(file, SET))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(Kind.HISTORY);
              assertThat(failed.failure().error())
                  .contains("has \"0003_s.sql\" but not \"0002_s.sql\"");
            });
    assertThat(dump(file)).isEqualTo(before);
  }

  @Test
  void tenantThatLiesSkipsItsMigrationAndTheFingerprintShowsIt() throws SQLException {
    apply(file, SET.subList(0, 1));
    run(file, "INSERT INTO d1_migrations (name) VALUES ('0002_s.sql')");
    apply(file, SET);
    Path honest = folder.resolve("honest.db");
    apply(honest, SET);

    assertThat(fingerprint(file)).isNotEqualTo(fingerprint(honest));
  }

  @Test
  void triggerOnWranglersTableMayDoNoMoreThanItsTenant() throws SQLException {
    apply(file, SET.subList(0, 1));
    run(
        file,
        "CREATE TRIGGER evil AFTER INSERT ON d1_migrations BEGIN"
            + " DELETE FROM _cf_schema_history; END");
    List<String> before = dump(file);

    assertThat(apply(file, SET))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed ->
                assertThat(failed.failure().cause())
                    .startsWith("its table d1_migrations cannot be used: "));
    assertThat(dump(file)).isEqualTo(before);
  }

  @Test
  void viewOfItsNameIsRefused() throws SQLException {
    run(
        file,
        "CREATE VIEW d1_migrations AS WITH RECURSIVE n(name) AS"
            + " (SELECT 1 UNION ALL SELECT name + 1 FROM n) SELECT name FROM n");

    assertThat(apply(file, SET))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.failure().error()).contains("is a view"));
  }

  @Test
  void namesOfOtherProjectsDoNotMatter() throws SQLException {
    run(file, WRANGLER);
    run(file, "INSERT INTO d1_migrations (name) VALUES ('0009_other.sql')");

    assertThat(apply(file, set("CREATE TABLE a (b)"))).isInstanceOf(Outcome.Applied.class);
  }

  private static List<MigrationScript> wrangler(String... sql) {
    List<MigrationFile> files = new ArrayList<>();
    for (int i = 0; i < sql.length; i++) {
      files.add(new MigrationFile("%04d_s.sql".formatted(i + 1), sql[i]));
    }
    return new MigrationSetReader().read(files, Engine.SQLITE).scripts();
  }

  private List<String> query(String sql) throws SQLException {
    return query(file, sql);
  }

  private static List<String> query(Path file, String sql) throws SQLException {
    try (GuardedConnection connection = open(file)) {
      return rows(connection, sql);
    }
  }

  private static void run(Path file, String sql) throws SQLException {
    try (GuardedConnection connection = open(file);
        var statement = connection.jdbc().prepareStatement(sql)) {
      statement.execute();
    }
  }
}
