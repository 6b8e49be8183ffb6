package dev.burgage.migrations.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.burgage.protocol.Engine;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MigrationSetReaderTest {
  private final MigrationSetReader reader = new MigrationSetReader();

  @Test
  void namesOrderAndChecksumsAreFlyways(@TempDir Path folder) throws IOException {
    List<MigrationFile> files =
        List.of(
            new MigrationFile("V1.10__ten.sql", "SELECT 10;"),
            new MigrationFile("V1_9__add_the__nine.sql", "\uFEFFSELECT\r\n 'é🦆';\r\n\n"),
            new MigrationFile("V001__first.sql", "SELECT ${x} -- no placeholder\r;"),
            new MigrationFile("V20260101.1200__Say Hello.sql", "SELECT 1"));
    for (MigrationFile file : files) {
      Files.writeString(folder.resolve(file.name()), file.sql());
    }
    MigrationInfo[] expected =
        Flyway.configure()
            .dataSource("jdbc:sqlite::memory:", null, null)
            .locations("filesystem:" + folder)
            .load()
            .info()
            .all();

    List<MigrationScript> scripts = reader.read(files);

    assertThat(scripts)
        .extracting(
            s -> s.version() + "|" + s.description() + "|" + s.script() + "|" + s.checksum())
        .containsExactlyElementsOf(
            Arrays.stream(expected)
                .map(info ->
                    info.getVersion()
                        + "|"
                        + info.getDescription()
                        + "|"
                        + info.getScript()
                        + "|"
                        + info.getChecksum())
                .toList());
    assertThat(scripts).hasSize(4);
  }

  @Test
  void wranglersNamesAreWhatFlywayReadsWithOtherSettings(@TempDir Path folder) throws IOException {
    List<MigrationFile> files =
        List.of(
            new MigrationFile("0010_ten.sql", "SELECT 10;"),
            new MigrationFile("0009_lively_jackpot.sql", "SELECT 9"),
            new MigrationFile("0000_Zero.sql", "SELECT 0"),
            new MigrationFile("20260101120000_add-the__time.sql", "SELECT 1"));
    for (MigrationFile file : files) {
      Files.writeString(folder.resolve(file.name()), file.sql());
    }
    MigrationInfo[] expected =
        Flyway.configure()
            .dataSource("jdbc:sqlite::memory:", null, null)
            .locations("filesystem:" + folder)
            .sqlMigrationPrefix("")
            .sqlMigrationSeparator("_")
            .load()
            .info()
            .all();

    assertThat(reader.read(files))
        .extracting(
            s -> s.version() + "|" + s.description() + "|" + s.script() + "|" + s.checksum())
        .containsExactlyElementsOf(
            Arrays.stream(expected)
                .map(info ->
                    info.getVersion()
                        + "|"
                        + info.getDescription()
                        + "|"
                        + info.getScript()
                        + "|"
                        + info.getChecksum())
                .toList());
    assertThat(expected).hasSize(4);
  }

  @Test
  void bothStylesMayNotNameTheSameVersion() {
    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() ->
            reader.read(
                List.of(
                    new MigrationFile("V1__a.sql", "SELECT 1"),
                    new MigrationFile("0001_a.sql", "SELECT 1")),
                Engine.SQLITE))
        .withMessageContaining("has the same version");
  }

  @Test
  void variantForTheEngineIsChosenAndTheOthersAreKept() {
    MigrationSet set =
        reader.read(
            List.of(
                new MigrationFile("V1__x.sql", "CREATE SCHEMA nothing_for_sqlite"),
                new MigrationFile("V1__x.sqlite.sql", "SELECT 1"),
                new MigrationFile("V1__x.postgresql.sql", "VACUUM"),
                new MigrationFile("V2__y.sql", "SELECT 2")),
            Engine.SQLITE);

    assertThat(set.scripts())
        .extracting(MigrationScript::script)
        .containsExactly("V1__x.sqlite.sql", "V2__y.sql");
    assertThat(set.others())
        .extracting(MigrationScript::script)
        .containsExactly("V1__x.postgresql.sql", "V1__x.sql");
  }

  @Test
  void versionWithoutAScriptForTheEngineIsRefused() {
    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() ->
            reader.read(
                List.of(new MigrationFile("V1__x.postgresql.sql", "SELECT 1")), Engine.SQLITE))
        .withMessage(
            "migration \"V1__x.postgresql.sql\" is for another engine than the pool's, which is"
                + " sqlite; add \"V1__x.sql\" or \"V1__x.sqlite.sql\"");
    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() -> reader.read(List.of(new MigrationFile("V1__x.oracle.sql", "SELECT 1"))))
        .withMessageContaining("an engine \"oracle\" that there is not");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "V1.sql",
        "V1__.sql",
        "V__x.sql",
        "v1__x.sql",
        "V1_x.sql",
        "V1__x.SQL",
        "V1__x.txt",
        "Vx__a.sql",
        "V1..2__x.sql",
        "V1.__x.sql",
        "../V1__x.sql",
        "V1__a/b.sql",
        "V1__a\\b.sql",
        "V1__a\nb.sql",
        "R__view.sql",
        "U1__undo.sql",
        "B1__base.sql",
        "0001x.sql",
        "_x.sql",
        "0001_.sql",
        "1.2_x.sql",
        "V1__x.oracle.sql"
      })
  void badNameIsRefused(String name) {
    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() -> reader.read(List.of(new MigrationFile(name, "SELECT 1")), Engine.SQLITE))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MIGRATION));
  }

  @Test
  void refusalSaysWhatToDo() {
    assertThat(refusal("R__view.sql", "SELECT 1"))
        .isEqualTo(
            "migration \"R__view.sql\" must be named V<version>__<name>.sql or <number>_<name>.sql,"
                + " for example V3__add_invoices.sql or 0003_add_invoices.sql; repeatable"
                + " migrations (R__) are not supported");
    assertThat(refusal("V1__x.sql", "CREATE TABLE a (b);\n\n commit;"))
        .isEqualTo(
            "migration \"V1__x.sql\" line 3: COMMIT is not allowed: every migration runs in one"
                + " transaction of its own; remove it (one BEGIN and COMMIT around all of a script"
                + " may stay)");
  }

  @Test
  void sameVersionTwiceIsRefusedHoweverItIsWritten() {
    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() ->
            reader.read(
                List.of(
                    new MigrationFile("V1.0__a.sql", "SELECT 1"),
                    new MigrationFile("V1__b.sql", "SELECT 1")),
                Engine.SQLITE))
        .withMessageContaining("V1__b.sql")
        .withMessageContaining("V1.0__a.sql");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "begin                                    | BEGIN is not allowed",
        "/* x */ End                              | END is not allowed",
        "SAVEPOINT s                              | SAVEPOINT is not allowed",
        "release s                                | RELEASE is not allowed",
        "ROLLBACK TO s                            | ROLLBACK is not allowed",
        "EXPLAIN COMMIT                           | COMMIT is not allowed",
        "BEGIN; SELECT 1; EXPLAIN COMMIT          | line 1: BEGIN is not allowed",
        "BEGIN; SELECT 1; ROLLBACK                | BEGIN is not allowed",
        "BEGIN TRANSACTION x; SELECT 1; COMMIT    | BEGIN is not allowed",
        "SELECT 1; BEGIN; SELECT 1; COMMIT        | BEGIN is not allowed",
        "BEGIN; SELECT 1; COMMIT; SELECT 1        | BEGIN is not allowed",
        "BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 1; COMMIT | COMMIT is not allowed",
        "ATTACH 'x' AS y                          | ATTACH is not allowed",
        "DETACH y                                 | DETACH is not allowed",
        "VACUUM INTO 'x'                          | VACUUM is not allowed",
        "backup to 'x'                            | BACKUP is not allowed",
        "/* c */ restore from 'x'              | RESTORE is not allowed",
        "(SELECT 1)                               | no statement begins with \"(\"",
        "PRAGMA journal_mode = DELETE             | PRAGMA journal_mode is not allowed",
        "PRAGMA main.\"writable_schema\" = 1        | PRAGMA writable_schema is not allowed",
        "PRAGMA foreign_keys = maybe              | PRAGMA foreign_keys takes ON or OFF",
        "PRAGMA foreign_keys(2)                   | PRAGMA foreign_keys takes ON or OFF",
        "CREATE TEMP TABLE a (b)                  | temporary objects are not allowed",
        "create temporary view a as select 1      | temporary objects are not allowed",
        "INSERT INTO a VALUES (?)                 | the parameter ? has no value",
        "INSERT INTO a VALUES (:b)                | the parameter :b has no value",
        "CREATE TABLE _cf_x (a)                   | the name \"_cf_x\" is reserved",
        "DROP TABLE [_Cf_schema_history]          | the name \"_Cf_schema_history\" is reserved",
        "DROP TABLE '_cf_schema_history'          | the name \"_cf_schema_history\" is reserved",
        "DELETE FROM main.'_cf_x'                 | the name \"_cf_x\" is reserved",
        "ALTER TABLE a RENAME TO `_CF_b`          | the name \"_CF_b\" is reserved",
        "CREATE INDEX sqlite_i ON a (b)           | the name \"sqlite_i\" is reserved",
      })
  void forbiddenStatementIsRefused(String sql, String expected) {
    assertThat(refusal("V1__x.sql", sql)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-- migrate:down",
        "--+goose Down",
        "  -- +Migrate Down notransaction",
        "-- //@UNDO"
      })
  void fileWithTheWayBackIsRefused(String marker) {
    assertThat(refusal("V1__x.sql", "CREATE TABLE a (b);\n" + marker + "\nDROP TABLE a;"))
        .contains("line 2: behind \"" + marker.strip() + "\" stands what takes the migration back");
    assertThat(refusal("V1__x.up.sql", "CREATE TABLE a (b);"))
        .contains("rename those that end in .up");
  }

  @Test
  void nulIsRefused() {
    assertThat(refusal("V1__x.sql", "SELECT 1;\0 DROP TABLE a")).contains("NUL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRAGMA defer_foreign_keys = ON; DELETE FROM a",
        "PRAGMA foreign_key_check('a')",
        "PRAGMA foreign_keys = OFF; PRAGMA main.foreign_keys(1); PRAGMA foreign_keys='no'",
        "PRAGMA foreign_keys",
        "PRAGMA main.table_info(a)",
        "BEGIN; CREATE TABLE a (b); COMMIT; -- done",
        "pragma foreign_keys=0; begin immediate transaction; SELECT 1; end transaction; PRAGMA"
            + " foreign_keys=1",
        "BEGIN; COMMIT;",
        "-- migrate:up\nSELECT 1;\n-- migrate:downstream",
        "UPDATE sqlite_sequence SET seq = 9 WHERE name = 'a'",
        "INSERT INTO a VALUES ('_cf_x', 'BEGIN; COMMIT', 'sqlite_y', '?')",
        "CREATE TRIGGER r AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END",
        "CREATE TABLE temp_x (temp, temporary)",
        "WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x RETURNING b",
        "REPLACE INTO a VALUES (1); ANALYZE; REINDEX a; EXPLAIN SELECT 1",
      })
  void ordinaryStatementsAreTaken(String sql) {
    assertThat(reader.read(List.of(new MigrationFile("V1__x.sql", sql)), Engine.SQLITE).scripts())
        .hasSize(1);
  }

  @Test
  void versionsAreComparedAsNumbers() {
    List<String> versions = new ArrayList<>(List.of("10", "9", "1.10", "1.9", "2"));

    versions.sort(MigrationSetReader::compareVersions);

    assertThat(versions).containsExactly("1.9", "1.10", "2", "9", "10");
  }

  private String refusal(String name, String sql) {
    try {
      reader.read(List.of(new MigrationFile(name, sql)), Engine.SQLITE);
    } catch (BurgageException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MIGRATION);
      return e.detail();
    }
    throw new AssertionError("taken: " + name + ": " + sql);
  }
}
