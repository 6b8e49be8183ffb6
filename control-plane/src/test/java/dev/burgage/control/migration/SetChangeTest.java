package dev.burgage.control.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.burgage.migrations.script.MigrationFile;
import dev.burgage.migrations.script.MigrationSetReader;
import dev.burgage.protocol.Engine;
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
    SetChange change = SetChange.of(List.of(open(TEN)), List.of(ONE, TWO), Engine.SQLITE);

    assertThat(change.result().scripts()).containsExactly(ONE, TWO, TEN);
    assertThat(change.added()).containsExactly(ONE, TWO);
  }

  @Test
  void sameScriptsChangeNothingWhateverTheirLineEnds() {
    MigrationScript windows = script("V1__one.sql", "SELECT\r\n1");

    SetChange change =
        SetChange.of(
            List.of(applied(script("V1__one.sql", "SELECT\n1"))), List.of(windows), Engine.SQLITE);

    assertThat(change.isNone()).isTrue();
  }

  @Test
  void openMigrationCanBeReplacedEvenUnderAnotherSpellingOfItsVersion() {
    MigrationScript other = script("V2.0__other.sql", "SELECT 22");

    SetChange change =
        SetChange.of(List.of(applied(ONE), open(TWO)), List.of(other), Engine.SQLITE);

    assertThat(change.replaced()).containsExactly(open(TWO));
    assertThat(change.result().scripts()).containsExactly(ONE, other);
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

  @Test
  void variantsAreChosenByEngineAndImmutableTheSameWay() {
    MigrationScript lite = script("V1__one.sqlite.sql", "SELECT 1.5");
    MigrationScript postgres = script("V1__one.postgresql.sql", "SELECT true");

    SetChange open = SetChange.of(List.of(open(ONE)), List.of(lite, postgres), Engine.SQLITE);
    assertThat(open.result().scripts()).containsExactly(lite);
    assertThat(open.result().others()).containsExactly(postgres, ONE);
    assertThat(open.replaced()).containsExactly(open(ONE));

    SetChange later = SetChange.of(List.of(applied(ONE)), List.of(postgres), Engine.SQLITE);
    assertThat(later.added()).isEmpty();
    assertThat(later.isNone()).isFalse();
    assertThat(later.result().others()).containsExactly(postgres);
    refused(List.of(applied(ONE)), lite, "Register a new version");
    refused(
        List.of(new RegisteredMigration(ONE, Instant.EPOCH, Instant.EPOCH, List.of(postgres))),
        script("V1__one.postgresql.sql", "SELECT false"),
        "Register a new version");
  }

  private static void refused(
      List<RegisteredMigration> current, MigrationScript script, String text) {
    assertThatExceptionOfType(BurgageException.class)
        .isThrownBy(() -> SetChange.of(current, List.of(script), Engine.SQLITE))
        .withMessageContaining(text)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MIGRATION_IMMUTABLE));
  }

  private static MigrationScript script(String name, String sql) {
    return new MigrationSetReader().read(List.of(new MigrationFile(name, sql))).getFirst();
  }

  private static RegisteredMigration open(MigrationScript script) {
    return new RegisteredMigration(script, Instant.EPOCH, null, List.of());
  }

  private static RegisteredMigration applied(MigrationScript script) {
    return new RegisteredMigration(script, Instant.EPOCH, Instant.EPOCH, List.of());
  }
}
