package dev.burgage.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.migrations.guard.GuardedConnection;
import dev.burgage.migrations.guard.Policy;
import dev.burgage.protocol.DatabaseId;
import dev.burgage.protocol.binding.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClosedDatabaseTest {
  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private Path file;

  @SuppressWarnings("NullAway.Init")
  private TestEngine engine;

  @SuppressWarnings("NullAway.Init")
  private ClosedDatabase database;

  @BeforeEach
  void create() throws SQLException, IOException {
    file = Files.createDirectory(folder.resolve("d")).resolve("t.db");
    outside("PRAGMA journal_mode=WAL", "CREATE TABLE t (x)");
    engine = new TestEngine(folder, new StatementSlots(1, 1));
    database =
        new ClosedDatabase(
            file,
            new DatabaseIdentity(new DatabaseId(UUID.randomUUID()), 1),
            Limits.DEFAULT,
            engine.settings());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void outside(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String run(GuardedConnection guarded, String sql) throws SQLException {
    return guarded.as(
        Policy.TRUSTED,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (!statement.execute()) {
              return "";
            }
            try (ResultSet row = statement.getResultSet()) {
              return row.next() ? String.valueOf(row.getString(1)) : "";
            }
          }
        });
  }

  private String ask(String sql) {
    return database.run((connection, _) -> run(connection, sql));
  }

  private Stream<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("d"))) {
      return all.map(path -> path.getFileName().toString()).toList().stream();
    }
  }

  @Test
  void whatATaskCommitsStaysInTheLogUntilTheDatabaseIsOpened() throws IOException {
    byte[] before = Files.readAllBytes(file);
    ask("INSERT INTO t VALUES (7)");
    assertThat(files()).containsExactlyInAnyOrder("t.db", "t.db-wal");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(ask("SELECT x FROM t")).isEqualTo("7");
    assertThat(ask("PRAGMA journal_mode")).isEqualTo("wal");
  }

  @Test
  void aTaskHasTheSettingsOfAWriter() {
    assertThat(ask("PRAGMA foreign_keys")).isEqualTo("1");
    assertThat(ask("PRAGMA trusted_schema")).isEqualTo("0");
    assertThat(ask("PRAGMA cell_size_check")).isEqualTo("1");
    assertThat(ask("PRAGMA max_page_count"))
        .isEqualTo(String.valueOf(Limits.DEFAULT.sizeBytesMax() / 4_096));
  }

  @Test
  void noPartOfACommitIsInTheFileBeforeTheLogIsOnTheDisk() throws IOException {
    long before = Files.size(file);
    database.run((connection, _) -> {
      run(
          connection,
          "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <"
              + " 2000) SELECT randomblob(4000) FROM n");
      assertThat(file).hasSize(before);
      return true;
    });
    assertThat(Files.size(file)).isGreaterThan(before);
  }

  @Test
  void nobodyReadsTheFileWhileATaskRuns() {
    database.run((connection, _) -> {
      assertThatThrownBy(
              () -> {
                try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = other.createStatement()) {
                  statement.execute("PRAGMA busy_timeout=0");
                  statement.execute("SELECT * FROM t");
                }
              })
          .hasMessageContaining("locked");
      return true;
    });
  }

  @Test
  void aTransactionThatAFailedTaskLeavesIsRolledBack() {
    assertThatThrownBy(() ->
            database.run((connection, _) -> {
              connection.jdbc().getConnectionConfig().setAutoCommit(false);
              run(connection, "BEGIN");
              run(connection, "INSERT INTO t VALUES (7)");
              throw new IllegalStateException("of ours");
            }))
        .hasMessage("of ours");
    assertThat(ask("SELECT count(*) FROM t")).isEqualTo("0");
  }

  @Test
  void whatAProcessThatDiedHadCommittedIsThereAndIsKept() throws SQLException, IOException {
    Path left = folder.resolve("left");
    try (Connection alive = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = alive.createStatement()) {
      statement.execute("INSERT INTO t VALUES (7)");
      Files.copy(file, left);
      Files.copy(Path.of(file + "-wal"), Path.of(left + "-wal"));
    }
    Files.move(left, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.move(Path.of(left + "-wal"), Path.of(file + "-wal"));
    ask("INSERT INTO t VALUES (8)");
    assertThat(files()).containsExactlyInAnyOrder("t.db", "t.db-wal");
    assertThat(ask("SELECT group_concat(x) FROM t")).isEqualTo("7,8");
  }

  @Test
  void aMissingFileIsAnErrorAndNotANewDatabase() throws IOException {
    Files.delete(file);
    assertThatThrownBy(() -> ask("SELECT 1")).isInstanceOf(StatementFailedException.class);
    assertThat(files()).isEmpty();
  }
}
