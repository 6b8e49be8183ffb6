package dev.burgage.migrations.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.burgage.migrations.guard.Guard;
import dev.burgage.migrations.lint.Finding.Level;
import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.migration.MigrationScript;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LintTest {
  private static final Guard GUARD =
      Guard.of("enforced", Path.of(System.getProperty("java.io.tmpdir")));

  private static final String PRESENT =
      """
      CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, mail TEXT UNIQUE);
      CREATE TABLE invoice (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customer (id),
        cents INTEGER);
      CREATE TABLE line (id INTEGER PRIMARY KEY, invoice INTEGER NOT NULL
        REFERENCES invoice (id) ON DELETE CASCADE);
      CREATE INDEX by_customer ON invoice (customer);
      CREATE VIEW names AS SELECT name FROM customer;
      """;

  private final Lint lint = new Lint(() -> GUARD, Duration.ofMinutes(1));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "DROP TABLE line                              | WARNING drop-table, WARNING"
            + " expand-contract",
        "ALTER TABLE line RENAME TO item              | NOTE rename-table, WARNING expand-contract",
        "ALTER TABLE invoice DROP COLUMN cents        | NOTE every-row, WARNING drop-column,"
            + " WARNING expand-contract",
        "ALTER TABLE invoice RENAME COLUMN cents TO amount | NOTE rename-column, WARNING"
            + " expand-contract",
        "DROP VIEW names                              | NOTE drop-view, WARNING expand-contract",
        "ALTER TABLE customer ADD COLUMN vip INTEGER  | NOTE add-column",
        "ALTER TABLE customer ADD COLUMN vip INTEGER NOT NULL DEFAULT 0 | NOTE add-column",
        "ALTER TABLE customer ADD COLUMN vip INTEGER NOT NULL | ERROR add-column-refused, WARNING"
            + " expand-contract",
        "ALTER TABLE customer ADD COLUMN at DEFAULT CURRENT_TIMESTAMP | ERROR add-column-refused,"
            + " NOTE add-column",
        "ALTER TABLE customer ADD COLUMN code TEXT UNIQUE | ERROR fails",
        "CREATE UNIQUE INDEX u ON customer (name)     | NOTE every-row, WARNING new-unique, WARNING"
            + " expand-contract",
        "CREATE INDEX i ON customer (name)            | NOTE every-row",
        "UPDATE customer SET name = trim(name)        | NOTE no-where",
        "DELETE FROM line                             | NOTE no-where",
        "DELETE FROM line WHERE invoice = 7           | NOTE every-row",
        "UPDATE invoice SET cents = 0 WHERE customer = 7 |",
        "UPDATE customer SET name = 'x' WHERE id = 7  |",
        "CREATE TABLE fresh (id INTEGER PRIMARY KEY); INSERT INTO fresh VALUES (1); UPDATE fresh"
            + " SET id = 2 |",
        "CREATE TABLE copy AS SELECT * FROM customer  | NOTE every-row",
        "VACUUM                                       | ERROR not-in-a-migration",
        "PRAGMA foreign_keys = OFF                    | NOTE foreign-keys-off",
        "PRAGMA foreign_keys = ON                     |",
        "PRAGMA foreign_keys = 7                      | ERROR not-in-a-migration",
        "PRAGMA journal_mode = DELETE                 | ERROR not-in-a-migration",
        "BEGIN                                        | ERROR not-in-a-migration",
        "BEGIN; UPDATE customer SET name = 'x' WHERE id = 7; COMMIT |",
        "SELECT * FROM nowhere                        | ERROR fails",
        "CREATE TRIGGER t AFTER INSERT ON customer BEGIN SELECT 1; END |",
      })
  void statementIsFoundForWhatItDoes(String sql, String expected) {
    assertThat(found(sql)).as("%s", report(sql)).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void rebuildIsSeenAsOneChangeOfTheTable() {
    String found =
        found(
            """
            PRAGMA defer_foreign_keys = ON;
            CREATE TABLE new_customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT UNIQUE,
              level INTEGER NOT NULL, CHECK (level > 0));
            INSERT INTO new_customer SELECT id, name, mail, 1 FROM customer;
            DROP VIEW names;
            DROP TABLE customer;
            ALTER TABLE new_customer RENAME TO customer;
            CREATE VIEW names AS SELECT name FROM customer;
            """);

    assertThat(found)
        .isEqualTo(
            "NOTE every-row, NOTE table-rebuild, WARNING new-not-null, WARNING expand-contract,"
                + " WARNING expand-contract, WARNING new-check, WARNING expand-contract");
  }

  @Test
  void rebuildThatWouldEmptyItsChildrenIsAnError() {
    LintReport report =
        report(
            """
            CREATE TABLE n (id INTEGER PRIMARY KEY, customer INTEGER, cents INTEGER);
            INSERT INTO n SELECT * FROM invoice;
            DROP TABLE invoice;
            ALTER TABLE n RENAME TO invoice;
            """);

    assertThat(report.findings())
        .filteredOn(finding -> finding.rule().equals("drop-acts-on-children"))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.level()).isEqualTo(Level.ERROR);
          assertThat(finding.line()).isEqualTo(3);
          assertThat(finding.statement()).isEqualTo(3);
          assertThat(finding.tables()).containsExactly("invoice", "line");
          assertThat(finding.message()).contains("ON DELETE CASCADE is carried out on \"line\"");
        });
    assertThat(report.findings()).extracting(Finding::rule).contains("lost-with-table");
  }

  @Test
  void rebuildWithForeignKeysOffKeepsItsChildren() {
    String rebuild =
        """
        CREATE TABLE n (id INTEGER PRIMARY KEY, customer INTEGER, cents INTEGER);
        INSERT INTO n SELECT * FROM invoice;
        DROP TABLE invoice;
        ALTER TABLE n RENAME TO invoice;
        CREATE INDEX by_customer ON invoice (customer);
        """;
    String off = "PRAGMA foreign_keys = OFF;";
    String on = "PRAGMA foreign_keys = ON;";

    assertThat(found(off + rebuild + on))
        .isEqualTo("NOTE foreign-keys-off, NOTE every-row, NOTE every-row, NOTE table-rebuild");
    assertThat(found(on + rebuild)).contains("ERROR drop-acts-on-children");
    assertThat(rules(lint.of(set(PRESENT), set(PRESENT, off, rebuild))))
        .contains("drop-acts-on-children");
  }

  @Test
  void rebuildThatTakesTheReferencesAlongIsSeen() {
    LintReport report =
        report(
            """
            PRAGMA foreign_keys = OFF;
            ALTER TABLE invoice RENAME TO old_invoice;
            CREATE TABLE invoice (id INTEGER PRIMARY KEY, customer INTEGER, cents INTEGER);
            INSERT INTO invoice SELECT * FROM old_invoice;
            DROP TABLE old_invoice;
            """);

    assertThat(report.findings())
        .filteredOn(finding -> finding.rule().equals("lost-parent"))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.level()).isEqualTo(Level.WARNING);
          assertThat(finding.line()).isEqualTo(5);
          assertThat(finding.tables()).containsExactly("line");
          assertThat(finding.message())
              .startsWith("FOREIGN KEY (invoice) of \"line\" refers to table \"old_invoice\"");
        });
  }

  @Test
  void tablesOfTheSameRolloutAreNobodysYet() {
    assertThat(
            rules(
                lint.of(
                    set(PRESENT),
                    set(
                        PRESENT,
                        "CREATE TABLE a (b)",
                        "ALTER TABLE a ADD c NOT NULL",
                        "DROP TABLE a"))))
        .isEmpty();
  }

  @Test
  void nothingIsFoundInWhatIsPresent() {
    assertThat(rules(lint.of(set(PRESENT, "DELETE FROM line"), set(PRESENT, "DELETE FROM line"))))
        .isEmpty();
  }

  @Test
  void findingSaysWhereAndWhatToDo() {
    assertThat(report("\n\nALTER TABLE customer ADD COLUMN vip INTEGER NOT NULL").findings())
        .first()
        .isEqualTo(
            new Finding(
                "add-column-refused",
                Level.ERROR,
                "V2__s.sql",
                3,
                1,
                "SQLite refuses it in every database where \"customer\" has a row: Cannot add a NOT"
                    + " NULL column with default value NULL; give it a DEFAULT, or add it without"
                    + " NOT NULL and fill it",
                List.of("customer")));
  }

  @Test
  void estimateIsOneMultiplication() {
    LintReport report =
        report("INSERT INTO line (invoice) SELECT id FROM invoice; UPDATE customer SET name = 1");

    assertThat(RowEstimate.of(report.touches(), Map.of("invoice", 40L, "customer", 2L)))
        .extracting(estimate -> estimate.touch().statement() + ": " + estimate.rows())
        .containsExactly("1: 40", "2: 2");
  }

  private String found(String sql) {
    return String.join(
        ", ",
        report(sql).findings().stream()
            .map(finding -> finding.level().name() + " " + finding.rule())
            .toList());
  }

  private LintReport report(String sql) {
    return lint.of(set(PRESENT), set(PRESENT, sql));
  }

  private static List<String> rules(LintReport report) {
    return report.findings().stream().map(Finding::rule).toList();
  }

  private static List<MigrationScript> set(String... sql) {
    List<MigrationFile> files = new ArrayList<>();
    for (int i = 0; i < sql.length; i++) {
      files.add(new MigrationFile("V%d__s.sql".formatted(i + 1), sql[i]));
    }
    return new MigrationSetReader().read(files);
  }
}
