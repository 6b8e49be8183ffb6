package dev.burgage.migrations.apply;

import static dev.burgage.migrations.apply.Databases.apply;
import static dev.burgage.migrations.apply.Databases.dump;
import static dev.burgage.migrations.apply.Databases.open;
import static dev.burgage.migrations.apply.Databases.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.Invariant;
import dev.burgage.protocol.migration.Invariant.Expectation;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.node.ApplyOutcomes.Failure;
import dev.burgage.protocol.node.ApplyOutcomes.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InvariantsTest {
  private static final String FIRST =
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t (v) VALUES (1), ('1'), (NULL),"
          + " (x'31'), (2.5);";

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void makeDatabase() throws SQLException {
    file = folder.resolve("tenant.db");
    apply(file, set(FIRST));
  }

  @Test
  void migrationThatKeepsThemIsApplied() throws SQLException {
    assertThat(
            migrate(
                "ALTER TABLE t ADD COLUMN w; UPDATE t SET w = v",
                new Invariant("values", "SELECT v FROM t ORDER BY id", Expectation.SAME),
                new Invariant("copied", "SELECT 1 FROM t WHERE w IS NOT v", Expectation.EMPTY)))
        .isInstanceOf(Outcome.Applied.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UPDATE t SET v = 2 WHERE id = 1",
        "UPDATE t SET v = '1' WHERE id = 1",
        "UPDATE t SET v = x'' WHERE v IS NULL",
        "UPDATE t SET v = 'null' WHERE v IS NULL",
        "DELETE FROM t WHERE id = 5",
        "INSERT INTO t (v) VALUES (NULL)",
        "UPDATE t SET id = 9 WHERE id = 1",
      })
  void anyChangeOfTheRowsIsSeen(String script) throws SQLException {
    List<String> before = dump(file);

    Outcome outcome =
        migrate(script, new Invariant("values", "SELECT v FROM t ORDER BY id", Expectation.SAME));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(Kind.INVARIANT);
              assertThat(failed.failure().cause()).isEqualTo("values");
              assertThat(failed.failure().error())
                  .startsWith("invariant \"values\" does not hold: its 5 rows before");
            });
    assertThat(dump(file)).isEqualTo(before);
  }

  @Test
  void rowWhereNoneMayBeRollsBack() throws SQLException {
    List<String> before = dump(file);

    assertThat(
            migrate(
                "UPDATE t SET v = 0",
                new Invariant("no zero", "SELECT 1 FROM t WHERE v = 0", Expectation.EMPTY)))
        .isEqualTo(
            new Outcome.Failed(
                "1",
                new Failure(
                    Kind.INVARIANT,
                    "no zero",
                    "invariant \"no zero\" does not hold: it has rows after the migration"),
                null));
    assertThat(dump(file)).isEqualTo(before);
  }

  @Test
  void emptyOneIsAskedOfTheNewSchemaOnly() throws SQLException {
    assertThat(
            migrate(
                "CREATE TABLE u (a)",
                new Invariant("u is empty", "SELECT * FROM u", Expectation.EMPTY)))
        .isInstanceOf(Outcome.Applied.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE FROM t RETURNING id",
        "SELECT * FROM _cf_schema_history",
        "PRAGMA table_info(t)",
        "SELECT * FROM nowhere",
      })
  void invariantMayOnlyRead(String sql) throws SQLException {
    List<String> before = dump(file);

    assertThat(migrate("CREATE TABLE u (a)", new Invariant("x", sql, Expectation.SAME)))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(Kind.INVARIANT));
    assertThat(dump(file)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE FROM t                  | it must be a SELECT; it begins with DELETE",
        "SELECT 1; SELECT 2             | it must be one statement; it has 2",
        "SELECT nowhere FROM t          | no such column: nowhere",
        "SELECT * FROM u                | no such table: u",
        "SELECT * FROM t WHERE id = ?   | it has parameters",
        "WITH x AS (SELECT 1) DELETE FROM t | not authorized",
        "SELECT * FROM _cf_schema_history | prohibited",
      })
  void badOneIsRefusedBeforeAnythingRuns(String sql, String why) {
    Trial trial = new Trial(() -> Databases.GUARD, Duration.ofMinutes(1));
    List<MigrationScript> after = set(FIRST, "CREATE TABLE u (a)");

    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() ->
            trial.check(List.of(new Invariant("mine", sql, Expectation.SAME)), set(FIRST), after))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
        .withMessageStartingWith("invariant \"mine\" cannot be asked: ")
        .withMessageContaining(why);
    trial.check(
        List.of(
            new Invariant("u", "SELECT * FROM u", Expectation.EMPTY),
            new Invariant("t", "SELECT * FROM t", Expectation.SAME)),
        set(FIRST),
        after);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UNIQUE constraint failed: t.c | V1__x.sql: UNIQUE constraint failed: t.c",
        "bad JSON path: '$.acme'       | V1__x.sql: bad JSON path: '…'",
        "row 4711 of t2.c3 is -1.5e3   | V1__x.sql: row … of t2.c3 is …",
        "no id 0f8fad5b-d9cb-469f-a165-70867728950e | V1__x.sql: no id …",
      })
  void causeHasNoValuesOfTheTenant(String words, String cause) {
    assertThat(Causes.of(Kind.STATEMENT, "V1__x.sql", words, "").cause()).isEqualTo(cause);
  }

  @Test
  void causeIsShort() {
    assertThat(Causes.history("x".repeat(300)).cause()).hasSize(200).endsWith("x…");
  }

  @Test
  void tenantsThatFailForTheSameReasonHaveOneCause() throws SQLException {
    Path other = folder.resolve("other.db");
    List<MigrationScript> set =
        set(FIRST, "CREATE TABLE j AS SELECT json_extract('{}', v) FROM t WHERE v = '$' || id");
    apply(other, set(FIRST));
    change(file, "UPDATE t SET v = '$' || id WHERE id = 1");
    change(other, "UPDATE t SET v = '$' || id WHERE id = 4");

    Outcome.Failed one = (Outcome.Failed) apply(file, set);
    Outcome.Failed two = (Outcome.Failed) apply(other, set);

    assertThat(one.failure().error()).isNotEqualTo(two.failure().error());
    assertThat(one.failure().cause()).isEqualTo(two.failure().cause());
  }

  private Outcome migrate(String script, Invariant... invariants) throws SQLException {
    try (GuardedConnection connection = open(file)) {
      return new MigrationApplier(set(FIRST, script), List.of(invariants)).apply(connection);
    }
  }

  private static void change(Path file, String sql) throws SQLException {
    try (GuardedConnection connection = open(file);
        var statement = connection.jdbc().prepareStatement(sql)) {
      statement.execute();
    }
  }
}
