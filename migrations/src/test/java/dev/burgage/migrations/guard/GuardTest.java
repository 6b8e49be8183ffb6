package dev.burgage.migrations.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.burgage.protocol.error.BurgageException;
import dev.burgage.protocol.error.ErrorCode;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

class GuardTest {
  @TempDir Path folder;

  private Guard guard() {
    return Guard.of("enforced", folder);
  }

  private static int run(GuardedConnection connection, Policy policy, String sql)
      throws SQLException {
    return connection.as(
        policy,
        jdbc -> {
          try (PreparedStatement statement = jdbc.prepareStatement(sql)) {
            statement.execute();
            return 1;
          }
        });
  }

  @Test
  void theTestAtStartPasses() {
    assertThat(guard().state()).isEqualTo(Guard.State.ENFORCED);
    assertThat(folder).as("the file that opens the way is gone").isEmptyDirectory();
  }

  @Test
  void withoutAPolicyNothingIsAllowed() throws SQLException {
    try (GuardedConnection connection = guard().open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      for (String sql : new String[] {"SELECT 1", "PRAGMA page_size", "CREATE TABLE t(a)"}) {
        assertThatThrownBy(() -> connection.jdbc().prepareStatement(sql).execute())
            .hasMessageContaining("not authorized");
      }
    }
  }

  @Test
  void aStatementThatIsPreparedAgainIsCheckedAgain() throws SQLException {
    String url = "jdbc:sqlite:" + folder.resolve("t.db");
    try (GuardedConnection connection = guard().open(new SQLiteConfig(), url);
        GuardedConnection other = guard().open(new SQLiteConfig(), url)) {
      run(other, Policy.TRUSTED, "CREATE TABLE t(a)");
      connection.permit(Policy.TENANT);
      try (PreparedStatement read = connection.jdbc().prepareStatement("SELECT a FROM t")) {
        read.executeQuery().close();
        run(other, Policy.TRUSTED, "ALTER TABLE t RENAME TO u");
        run(other, Policy.TRUSTED, "CREATE TABLE _cf_secret(a)");
        run(other, Policy.TRUSTED, "CREATE VIEW t AS SELECT a FROM _cf_secret");
        assertThatThrownBy(read::executeQuery).hasMessageContaining("prohibited");
      }
    }
  }

  @Test
  void foreignKeysAreSwitchedInTheMidstOfATransaction() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.enforceForeignKeys(true);
    String insert = "INSERT INTO child VALUES (7)";
    try (GuardedConnection connection = guard().open(config, "jdbc:sqlite::memory:")) {
      run(connection, Policy.TRUSTED, "CREATE TABLE parent (id INTEGER PRIMARY KEY)");
      run(connection, Policy.TRUSTED, "CREATE TABLE child (parent REFERENCES parent)");
      connection.permit(Policy.TENANT);
      try (PreparedStatement known = connection.jdbc().prepareStatement(insert)) {
        run(connection, Policy.TRUSTED, "BEGIN");
        connection.enforceForeignKeys(false);
        known.execute();
        connection.enforceForeignKeys(true);
        assertThatThrownBy(known::execute).hasMessageContaining("FOREIGN KEY constraint failed");
        run(connection, Policy.TRUSTED, "COMMIT");
      }
    }
    try (GuardedConnection connection =
        Guard.of("trusted", folder).open(config, "jdbc:sqlite::memory:")) {
      assertThatThrownBy(() -> connection.enforceForeignKeys(false))
          .hasMessage("PRAGMA foreign_keys does nothing here while the SQL guard is off");
    }
  }

  @Test
  void columnsCanBeDroppedByTenantsAndOperators() throws SQLException {
    try (GuardedConnection connection = guard().open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      run(connection, Policy.TENANT, "CREATE TABLE t (a, b, temp, d)");
      run(connection, Policy.TRUSTED, "CREATE TABLE _cf_x (a, main)");
      run(connection, Policy.TENANT, "ALTER TABLE t DROP COLUMN b");
      run(connection, Policy.OPERATOR, "ALTER TABLE t DROP COLUMN temp");
      assertThatThrownBy(
              () -> run(connection, Policy.OPERATOR, "ALTER TABLE _cf_x DROP COLUMN main"))
          .hasMessageContaining("not authorized");
    }
  }

  @Test
  void readersMayOnlyRead() throws SQLException {
    try (GuardedConnection connection = guard().open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      run(connection, Policy.TENANT, "CREATE TABLE t (a)");
      run(connection, Policy.READER, "WITH x AS (SELECT a FROM t) SELECT count(*) FROM x");
      for (String sql :
          new String[] {
            "INSERT INTO t VALUES (1)", "DELETE FROM t", "UPDATE t SET a = 1", "CREATE TABLE u (a)",
            "DROP TABLE t", "ALTER TABLE t ADD COLUMN b", "PRAGMA foreign_keys", "ANALYZE"
          }) {
        assertThatThrownBy(() -> run(connection, Policy.READER, sql))
            .as(sql)
            .hasMessageContaining("not authorized");
      }
    }
  }

  @Test
  void operatorsMayUseMoreFunctionsButNoneThatHarms() throws SQLException {
    try (GuardedConnection connection = guard().open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      run(connection, Policy.OPERATOR, "SELECT power(2, 3), json_pretty('[]'), sqlite_version()");
      for (String sql :
          new String[] {
            "SELECT replicate('a', 2)", "ATTACH ':memory:' AS x", "PRAGMA writable_schema = ON",
            "CREATE TABLE _cf_x(a)", "BEGIN", "SELECT fts3_tokenizer('a')"
          }) {
        assertThatThrownBy(() -> run(connection, Policy.OPERATOR, sql))
            .as(sql)
            .hasMessageContaining("not authorized");
      }
    }
  }

  @Test
  void connectionsOfOthersInTheProcessAreLeftAlone() throws SQLException {
    assertThat(guard().state()).isEqualTo(Guard.State.ENFORCED);
    try (var connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        var statement = connection.createStatement()) {
      assertThat(statement.execute("SELECT sqlite_version()")).isTrue();
    }
  }

  @Test
  void withoutAGuardNothingIsOpened() {
    assertThatThrownBy(
            () -> Guard.unavailable("no way").open(new SQLiteConfig(), "jdbc:sqlite::memory:"))
        .isInstanceOfSatisfying(
            BurgageException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.GUARD_UNAVAILABLE))
        .hasMessageContaining("no way")
        .hasMessageContaining("BURGAGE_SQL_GUARD=trusted");
  }

  @Test
  void otherArchitecturesAreRefused() {
    assertThatThrownBy(() -> SharedObject.jumpingTo("riscv64", 1))
        .hasMessageContaining("amd64 and aarch64");
    assertThat(SharedObject.jumpingTo("aarch64", 1)).hasSize(544);
  }

  @Test
  void aTrustedGuardChecksNothing() throws SQLException {
    try (GuardedConnection connection =
        Guard.of("trusted", folder).open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      assertThat(run(connection, Policy.NOBODY, "SELECT sqlite_version()")).isEqualTo(1);
    }
  }

  @Test
  void statementsAreLeftOftenHoweverExpensiveTheirInstructionsAre() throws SQLException {
    try (GuardedConnection connection = guard().open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      var calls = new AtomicInteger();
      connection.callWhileRunning(() -> calls.incrementAndGet() > 0);
      connection.beginRequest();
      run(
          connection,
          Policy.TRUSTED,
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60)"
              + " SELECT max(length(hex(randomblob(900000)))) FROM n");
      assertThat(calls).as("times that 60 rows of milliseconds were left").hasValueGreaterThan(60);
    }
  }

  @Test
  void whatIsCalledInTheMidstMayEndTheStatement() throws SQLException {
    try (GuardedConnection connection = guard().open(new SQLiteConfig(), "jdbc:sqlite::memory:")) {
      connection.callWhileRunning(() -> false);
      assertThatThrownBy(() ->
              run(
                  connection,
                  Policy.TRUSTED,
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                      + " SELECT sum(i) FROM n"))
          .hasMessageContaining("SQLITE_INTERRUPT");
    }
  }

  @Test
  void pagesThatAnOpenTransactionHasWrittenAreCounted() throws SQLException {
    try (GuardedConnection connection =
        guard().open(new SQLiteConfig(), "jdbc:sqlite:" + folder.resolve("t.db"))) {
      run(connection, Policy.TRUSTED, "PRAGMA journal_mode = WAL");
      run(connection, Policy.TRUSTED, "CREATE TABLE t(a)");
      run(connection, Policy.TRUSTED, "BEGIN");
      int before = connection.pagesWritten();
      run(connection, Policy.TRUSTED, "INSERT INTO t VALUES (zeroblob(20000000))");
      assertThat(connection.pagesWritten() - before).isGreaterThan(4_000);
      run(connection, Policy.TRUSTED, "ROLLBACK");
    }
  }
}
