package dev.burgage.migrations.apply;

import static dev.burgage.migrations.apply.Databases.GUARD;
import static dev.burgage.migrations.apply.Databases.apply;
import static dev.burgage.migrations.apply.Databases.customers;
import static dev.burgage.migrations.apply.Databases.dump;
import static dev.burgage.migrations.apply.Databases.fingerprint;
import static dev.burgage.migrations.apply.Databases.flyway;
import static dev.burgage.migrations.apply.Databases.open;
import static dev.burgage.migrations.apply.Databases.rows;
import static dev.burgage.migrations.apply.Databases.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.migration.Template;
import dev.burgage.protocol.node.ApplyOutcomes.Failure;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MigrationApplierTest {
  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void chooseFile() {
    file = folder.resolve("tenant.db");
  }

  @Test
  void flywayAcceptsWhatTheApplierWrote() throws SQLException {
    assertThat(apply(file, customers()))
        .isEqualTo(new Outcome.Applied(null, "3", 3, fingerprint(file)));

    var flyway = flyway(file, customers());
    flyway.validate();
    assertThat(flyway.info().pending()).isEmpty();
    assertThat(flyway.info().applied()).hasSize(3);
    assertThat(flyway.migrate().migrationsExecuted).isZero();
  }

  @Test
  void applierAcceptsWhatFlywayWrote() throws SQLException {
    flyway(file, customers()).migrate();

    assertThat(apply(file, customers())).isEqualTo(new Outcome.UpToDate("3", fingerprint(file)));
  }

  @Test
  void applierAndFlywayGoOnFromOneAnother() throws SQLException {
    List<MigrationScript> set = customers();
    flyway(file, set.subList(0, 1)).migrate();
    assertThat(apply(file, set.subList(0, 2)))
        .isEqualTo(new Outcome.Applied("1", "2", 1, fingerprint(file)));
    assertThat(flyway(file, set).migrate().migrationsExecuted).isEqualTo(1);
    assertThat(apply(file, set)).isEqualTo(new Outcome.UpToDate("3", fingerprint(file)));
  }

  @Test
  void setAppliedInTwoStepsMakesWhatTheTemplateHas() throws SQLException {
    Path template = folder.resolve("template.db");
    new TemplateBuilder(GUARD, Duration.ofMinutes(1))
        .build(new Template(Engine.SQLITE, customers()), template);

    apply(file, customers().subList(0, 1));
    apply(file, customers());

    assertThat(dump(file)).isEqualTo(dump(template));
    assertThat(dump(file)).contains("added;  Ada ", "1|Ada");
  }

  @Test
  void failingStatementLeavesTheDatabaseAsItWas() throws SQLException {
    apply(file, customers());
    List<String> before = dump(file);
    List<MigrationScript> set =
        customersAnd(
            "CREATE TABLE extra (a);",
            """
            INSERT INTO extra VALUES (1);
            DELETE FROM invoice;
            -- this one
            INSERT INTO nowhere VALUES (1);
            """);

    try (GuardedConnection connection = open(file)) {
      Outcome outcome = new MigrationApplier(set).apply(connection);

      assertThat(outcome)
          .isEqualTo(
              new Outcome.Failed(
                  "3",
                  new Failure(
                      Kind.STATEMENT,
                      "V5__step_5.sql, statement 3: no such table: nowhere",
                      "V5__step_5.sql, line 4, statement 3: no such table: nowhere"),
                  new Outcome.Place("V5__step_5.sql", 3, 4)));
      assertThat(rows(connection, "SELECT count(*) FROM invoice")).containsExactly("1");
    }
    assertThat(dump(file)).isEqualTo(before);
  }

  @Test
  void failureOnAFreshDatabaseLeavesNoHistory() throws SQLException {
    Outcome outcome = apply(file, set("CREATE TABLE a (b);", "SELECT * FROM;"));

    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(dump(file)).isEmpty();
  }

  @Test
  void connectionIsFreeAfterAFailure() throws SQLException {
    try (GuardedConnection connection = open(file);
        GuardedConnection other = open(file)) {
      assertThat(new MigrationApplier(set("SELECT * FROM nowhere")).apply(connection))
          .isInstanceOf(Outcome.Failed.class);

      assertThat(new MigrationApplier(set("CREATE TABLE a (b)")).apply(other))
          .isInstanceOf(Outcome.Applied.class);
      assertThat(new MigrationApplier(set("CREATE TABLE a (b)")).apply(connection))
          .isInstanceOf(Outcome.UpToDate.class);
    }
  }

  @Test
  void busyDatabaseIsAnOutcome() throws SQLException {
    try (GuardedConnection connection = open(file);
        GuardedConnection writer = open(file)) {
      rows(connection, "PRAGMA busy_timeout = 1");
      writer.jdbc().setAutoCommit(false);
      try (var statement = writer.jdbc().createStatement()) {
        statement.executeUpdate("CREATE TABLE a (b)");
      }
      assertThat(new MigrationApplier(customers()).apply(connection))
          .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Failed.class))
          .satisfies(failed -> assertThat(failed.failure().error()).contains("locked"));
      writer.jdbc().rollback();
    }
    assertThat(apply(file, customers())).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void changedScriptIsRefused() throws SQLException {
    apply(file, set("CREATE TABLE a (b)", "CREATE TABLE c (d)"));

    Outcome outcome =
        apply(file, set("CREATE TABLE a (x)", "CREATE TABLE c (d)", "CREATE TABLE e (f)"));

    assertThat(outcome)
        .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Failed.class))
        .satisfies(failed ->
            assertThat(failed.failure().error())
                .startsWith("the database differs: version 1 was applied with checksum "));
    assertThat(outcome.toVersion()).isEqualTo("2");
  }

  @Test
  void otherHistoryIsRefused() throws SQLException {
    apply(file, set("CREATE TABLE a (b)"));
    try (GuardedConnection connection = open(file);
        var statement = connection.jdbc().createStatement()) {
      statement.executeUpdate("UPDATE _cf_schema_history SET version = '7', checksum = NULL");
    }

    assertThat(apply(file, set("CREATE TABLE a (b)")))
        .isEqualTo(
            new Outcome.Failed(
                "7",
                new Failure(
                    Kind.HISTORY,
                    "the database differs: its history has version 7 where the set has 1",
                    "the database differs: its history has version 7 where the set has 1"),
                null));
  }

  @Test
  void databaseAheadOfTheSetIsUpToDate() throws SQLException {
    apply(file, customers());

    assertThat(apply(file, customers().subList(0, 2)))
        .isEqualTo(new Outcome.UpToDate("3", fingerprint(file)));
  }

  @Test
  void fiftyMigrationsApplyAtOnce() throws SQLException {
    List<MigrationScript> set =
        set(
            IntStream.range(0, 50)
                .mapToObj(
                    i -> "CREATE TABLE t%d (a); INSERT INTO t%d VALUES (%d)".formatted(i, i, i))
                .toArray(String[]::new));

    assertThat(apply(file, set.subList(0, 9)))
        .isEqualTo(new Outcome.Applied(null, "9", 9, fingerprint(file)));
    assertThat(apply(file, set)).isEqualTo(new Outcome.Applied("9", "50", 41, fingerprint(file)));

    flyway(file, set).validate();
    assertThat(flyway(file, set).info().pending()).isEmpty();
  }

  @Test
  void scriptOfCommentsOnlyTakesItsPlaceInTheHistory() throws SQLException {
    List<MigrationScript> set = set("CREATE TABLE a (b)", "-- integers have 64 bits already\n");

    assertThat(apply(file, set)).isEqualTo(new Outcome.Applied(null, "2", 2, fingerprint(file)));

    flyway(file, set).validate();
    assertThat(flyway(file, set).info().pending()).isEmpty();
  }

  @Test
  void deferredForeignKeysAreCheckedBeforeTheCommit() throws SQLException {
    apply(file, customers());
    List<String> before = dump(file);
    List<MigrationScript> set =
        customersAnd("PRAGMA defer_foreign_keys = ON; DELETE FROM customer;");

    assertThat(apply(file, set))
        .isEqualTo(
            new Outcome.Failed(
                "3",
                statement(
                    "a row of table \"invoice\" refers to no row of table \"customer\" at the end"
                        + " of the migration"),
                null));
    assertThat(dump(file)).isEqualTo(before);
  }

  @Test
  void tableThatOthersReferToCanBeRebuilt() throws SQLException {
    apply(file, customers());
    List<MigrationScript> set =
        customersAnd(
            """
            PRAGMA defer_foreign_keys = ON;
            DROP VIEW names;
            CREATE TABLE customer_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
            INSERT INTO customer_new SELECT id, name FROM customer;
            DROP TABLE customer;
            ALTER TABLE customer_new RENAME TO customer;
            """);

    assertThat(apply(file, set)).isEqualTo(new Outcome.Applied("3", "4", 1, fingerprint(file)));

    Path template = folder.resolve("template.db");
    new TemplateBuilder(GUARD, Duration.ofMinutes(1))
        .build(new Template(Engine.SQLITE, set), template);
    assertThat(dump(file)).isEqualTo(dump(template));
    assertThat(dump(file)).contains("1|Ada", "1|1");
  }

  @Test
  void tableWhoseRowsOthersGoWithCanBeRebuilt() throws SQLException {
    List<MigrationScript> before =
        set(
            """
            CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT);
            CREATE TABLE session (user INTEGER REFERENCES user (id) ON DELETE CASCADE);
            CREATE TABLE post (user INTEGER REFERENCES user (id) ON DELETE SET NULL);
            INSERT INTO user VALUES (1, 'Ada');
            INSERT INTO session VALUES (1);
            INSERT INTO post VALUES (1);
            """);
    // As Prisma and drizzle-kit write it, and as SQLite's procedure has it; the script after them
    // is under foreign keys again.
    String rebuild =
        """
        PRAGMA defer_foreign_keys=ON;
        PRAGMA foreign_keys=OFF;--> statement-breakpoint
        %s
        CREATE TABLE new_user (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        INSERT INTO new_user SELECT id, name FROM user;
        DROP TABLE user;
        ALTER TABLE new_user RENAME TO user;
        %s
        """;
    String on = "PRAGMA foreign_keys=ON; PRAGMA defer_foreign_keys=OFF;";
    String whole = rebuild.formatted("", on);
    String open = rebuild.formatted("", "");
    String inTransaction = rebuild.formatted("BEGIN IMMEDIATE;", "COMMIT;" + on);
    List<MigrationScript> set =
        set(
            before.getFirst().sql(),
            whole,
            open,
            inTransaction,
            "INSERT INTO user VALUES (2, 'Bo'); INSERT INTO session VALUES (2);"
                + "DELETE FROM user WHERE id = 2;");
    apply(file, before);

    assertThat(apply(file, set)).isEqualTo(new Outcome.Applied("1", "5", 4, fingerprint(file)));

    try (GuardedConnection connection = open(file)) {
      assertThat(rows(connection, "SELECT * FROM user")).containsExactly("1|Ada");
      assertThat(rows(connection, "SELECT * FROM session")).containsExactly("1");
      assertThat(rows(connection, "SELECT * FROM post")).containsExactly("1");
    }
    Path template = folder.resolve("template.db");
    new TemplateBuilder(GUARD, Duration.ofMinutes(1))
        .build(new Template(Engine.SQLITE, set), template);
    assertThat(dump(file)).isEqualTo(dump(template));
    flyway(file, set).validate();
    new Trial(() -> GUARD, Duration.ofMinutes(1)).run(set);
  }

  @Test
  void transactionOfAScriptIsThatOfTheMigration() throws SQLException {
    apply(file, customers());
    List<String> before = dump(file);
    List<MigrationScript> set =
        customersAnd(
            """
            BEGIN;
            DELETE FROM invoice;
            SELECT * FROM nowhere;
            COMMIT;
            """);

    assertThat(apply(file, set))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed ->
                assertThat(failed.place()).isEqualTo(new Outcome.Place("V4__step_4.sql", 3, 3)));
    assertThat(dump(file)).isEqualTo(before);
  }

  @Test
  void rowsThatLostWhatTheyReferToUndoTheMigration() throws SQLException {
    apply(file, customers());
    List<String> before = dump(file);
    List<MigrationScript> set = customersAnd("PRAGMA foreign_keys = OFF; DELETE FROM customer;");

    try (GuardedConnection connection = open(file)) {
      assertThat(new MigrationApplier(set).apply(connection))
          .isEqualTo(
              new Outcome.Failed(
                  "3",
                  statement(
                      "a row of table \"invoice\" refers to no row of table \"customer\" at the"
                          + " end of the migration"),
                  null));
      assertThat(rows(connection, "PRAGMA foreign_keys")).containsExactly("1");
    }
    assertThat(dump(file)).isEqualTo(before);
  }

  @Test
  void foreignKeysAreEnforcedAgainAfterAFailure() throws SQLException {
    try (GuardedConnection connection = open(file)) {
      assertThat(
              new MigrationApplier(set("PRAGMA foreign_keys = OFF; SELECT * FROM nowhere;"))
                  .apply(connection))
          .isInstanceOf(Outcome.Failed.class);
      assertThat(rows(connection, "PRAGMA foreign_keys")).containsExactly("1");
    }
  }

  @Test
  void currentVersionIsRead() throws SQLException {
    try (GuardedConnection connection = open(file)) {
      assertThat(History.currentVersion(connection.jdbc())).isNull();
      new MigrationApplier(customers()).apply(connection);
      assertThat(History.currentVersion(connection.jdbc())).isEqualTo("3");
    }
  }

  private static List<MigrationScript> customersAnd(String... sql) {
    List<String> all = new ArrayList<>(customers().stream().map(MigrationScript::sql).toList());
    all.addAll(List.of(sql));
    return set(all.toArray(String[]::new));
  }

  private static Failure statement(String error) {
    return new Failure(Kind.STATEMENT, error, error);
  }
}
