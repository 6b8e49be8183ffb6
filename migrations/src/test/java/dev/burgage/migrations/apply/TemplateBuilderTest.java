package dev.burgage.migrations.apply;

import static dev.burgage.migrations.apply.Databases.GUARD;
import static dev.burgage.migrations.apply.Databases.customers;
import static dev.burgage.migrations.apply.Databases.dump;
import static dev.burgage.migrations.apply.Databases.open;
import static dev.burgage.migrations.apply.Databases.rows;
import static dev.burgage.migrations.apply.Databases.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.protocol.Engine;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.migration.MigrationScript;
import dev.burgage.protocol.migration.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TemplateBuilderTest {
  private static final String ENDLESS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

  private final TemplateBuilder builder = new TemplateBuilder(GUARD, Duration.ofMinutes(1));

  @TempDir Path folder;

  @Test
  void templateIsOneFileInWalMode() throws SQLException, IOException {
    Path file = folder.resolve("template.db");

    builder.build(template(customers()), file);

    assertThat(files()).containsExactly("template.db");
    byte[] header = Files.readAllBytes(file);
    assertThat(header[18]).as("write version: 2 is WAL").isEqualTo((byte) 2);
    assertThat(header[19]).as("read version: 2 is WAL").isEqualTo((byte) 2);
    try (GuardedConnection connection = open(file)) {
      assertThat(rows(connection, "PRAGMA integrity_check")).containsExactly("ok");
      assertThat(History.currentVersion(connection.jdbc())).isEqualTo("3");
    }
  }

  @Test
  void noScriptsMakeADatabaseThatTheApplierGoesOnFrom() throws SQLException {
    Path file = folder.resolve("template.db");

    builder.build(template(List.of()), file);
    assertThat(Databases.apply(file, customers()))
        .isEqualTo(new Outcome.Applied(null, "3", 3, Databases.fingerprint(file)));

    Path whole = folder.resolve("whole.db");
    builder.build(template(customers()), whole);
    assertThat(dump(file)).isEqualTo(dump(whole));
  }

  @Test
  void failureNamesTheScriptAndLineAndLeavesNothing() throws IOException {
    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() ->
            builder.build(
                template(set("CREATE TABLE a (b);\nINSERT INTO\n nowhere VALUES (1);")),
                folder.resolve("template.db")))
        .withMessage("migration \"V1__step_1.sql\", line 2: no such table: nowhere");
    assertThat(files()).isEmpty();
  }

  @Test
  void endlessScriptIsStopped() throws IOException {
    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() ->
            new TemplateBuilder(GUARD, Duration.ofMillis(50))
                .build(template(set(ENDLESS)), folder.resolve("template.db")))
        .withMessageContaining("V1__step_1.sql");
    assertThat(files()).isEmpty();
  }

  @Test
  void missingFolderIsAnIoError() {
    assertThatThrownBy(() -> builder.build(template(List.of()), folder.resolve("no/template.db")))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void trialTakesAGoodSetAndRefusesABadOne() {
    Trial trial = new Trial(() -> GUARD, Duration.ofMinutes(1));

    trial.run(customers());

    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() -> trial.run(set("CREATE TABLE a (b);", "ALTER TABLE b ADD COLUMN c")))
        .withMessage("migration V2__step_2.sql, line 1, statement 1: no such table: b");
    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() -> new Trial(() -> GUARD, Duration.ofMillis(50)).run(set(ENDLESS)))
        .withMessageContaining("V1__step_1.sql");
  }

  private static Template template(List<MigrationScript> scripts) {
    return new Template(Engine.SQLITE, scripts);
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
