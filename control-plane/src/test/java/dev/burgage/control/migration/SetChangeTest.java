package dev.burgage.control.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import dev.burgage.protocol.migration.MigrationScript;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SetChangeTest {
  private static final MigrationScript ONE = script("V1__one.sql", "SELECT 1");
  private static final MigrationScript TWO = script("V2__two.sql", "SELECT 2");
  private static final MigrationScript TEN = script("V10__ten.sql", "SELECT 10");

  @Test
  void newScriptsTakeTheirPlaceByVersion() {
    SetChange change = SetChange.of(List.of(open(TEN)), List.of(TWO, ONE));

    assertThat(change.result()).containsExactly(ONE, TWO, TEN);
    assertThat(change.added()).containsExactly(TWO, ONE);
  }

  @Test
  void sameScriptsChangeNothingWhateverTheirLineEnds() {
    MigrationScript windows = script("V1__one.sql", "SELECT\r\n1");

    SetChange change =
        SetChange.of(List.of(applied(script("V1__one.sql", "SELECT\n1"))), List.of(windows));

    assertThat(change.isNone()).isTrue();
  }

  @Test
  void openMigrationCanBeReplacedEvenUnderAnotherSpellingOfItsVersion() {
    MigrationScript other = script("V2.0__other.sql", "SELECT 22");

    SetChange change = SetChange.of(List.of(applied(ONE), open(TWO)), List.of(other));

    assertThat(change.replaced()).containsExactly(open(TWO));
    assertThat(change.result()).containsExactly(ONE, other);
  }

  @Test
  void appliedMigrationCannotChange() {
    refused(List.of(applied(ONE)), script("V1__one.sql", "SELECT 11"), "Register a new version");
    refused(List.of(applied(ONE)), script("V1__renamed.sql", "SELECT 1"), "V1__renamed.sql");
  }

  @Test
  void nothingComesBeforeAnAppliedMigration() {
    refused(List.of(open(ONE), applied(TEN)), TWO, "comes before version 10");
  }

  private static void refused(
      List<RegisteredMigration> current, MigrationScript script, String text) {
    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() -> SetChange.of(current, List.of(script)))
        .withMessageContaining(text)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MIGRATION_IMMUTABLE));
  }

  private static MigrationScript script(String name, String sql) {
    return new MigrationSetReader().read(List.of(new MigrationFile(name, sql))).getFirst();
  }

  private static RegisteredMigration open(MigrationScript script) {
    return new RegisteredMigration(script, Instant.EPOCH, null);
  }

  private static RegisteredMigration applied(MigrationScript script) {
    return new RegisteredMigration(script, Instant.EPOCH, Instant.EPOCH);
  }
}
