package dev.burgage.node.ship;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.migrations.guard.Guard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StructureProofTest {
  private static final int PAGE = 4_096;

  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private Path file;

  @SuppressWarnings("NullAway.Init")
  private StructureProof proof;

  @BeforeEach
  void make() throws SQLException {
    file = folder.resolve("a b.db");
    proof = new StructureProof(Guard.of("enforced", folder));
    run(
        "PRAGMA journal_mode=WAL",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT CHECK (v <> 'no'))",
        "CREATE INDEX t_v ON t(v)",
        "CREATE VIRTUAL TABLE f USING fts5(body)",
        "INSERT INTO t(v) SELECT hex(randomblob(200)) FROM generate_series(1, 300)",
        "INSERT INTO f SELECT v FROM t");
  }

  private void run(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql.replace("generate_series(1, 300)", SERIES));
      }
    }
  }

  private static final String SERIES =
      "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 300) SELECT n FROM"
          + " s)";

  private void swap(int one, int other) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    byte[] page = new byte[PAGE];
    System.arraycopy(bytes, one * PAGE, page, 0, PAGE);
    System.arraycopy(bytes, other * PAGE, bytes, one * PAGE, PAGE);
    System.arraycopy(page, 0, bytes, other * PAGE, PAGE);
    Files.write(file, bytes);
  }

  @Test
  void aWholeFileIsTaken() {
    assertThatCode(() -> proof.check(file)).doesNotThrowAnyException();
  }

  @Test
  void pagesInEachOthersPlaceAreFound() throws IOException {
    swap(1, 2);
    assertThatThrownBy(() -> proof.check(file)).isInstanceOf(IOException.class);
  }

  @Test
  void aMissingPageIsFound() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - PAGE));
    assertThatThrownBy(() -> proof.check(file)).isInstanceOf(IOException.class);
  }

  @Test
  void rowsThatBreakARuleWereSoInTheDatabaseAndAreNoDamage() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA ignore_check_constraints = ON");
      statement.execute("INSERT INTO t(v) VALUES ('no')");
      statement.execute("DELETE FROM f_data WHERE id > 10");
    }
    assertThatCode(() -> proof.check(file)).doesNotThrowAnyException();
  }
}
